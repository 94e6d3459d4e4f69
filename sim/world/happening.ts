/**
 * Everything that can happen in the simulated Twitch, as one closed union. Operations in this folder change the
 * world and announce a happening; the doors (IRC, EventSub) translate happenings into what Twitch would send.
 * No door is ever told anything by another door.
 */
import type { Channel, ChatLine, Redemption, Stream, User } from "./world.ts";

export type Happening =
  | { readonly kind: "chat-message"; readonly channel: Channel; readonly line: ChatLine }
  | { readonly kind: "chat-cleared"; readonly channel: Channel }
  | {
      readonly kind: "message-deleted";
      readonly channel: Channel;
      readonly line: ChatLine;
      readonly by: User;
    }
  | {
      readonly kind: "user-banned";
      readonly channel: Channel;
      readonly user: User;
      readonly by: User;
      readonly reason: string;
      readonly forSeconds: number | undefined;
    }
  | { readonly kind: "user-unbanned"; readonly channel: Channel; readonly user: User; readonly by: User }
  | { readonly kind: "chat-settings-changed"; readonly channel: Channel }
  | {
      readonly kind: "announcement";
      readonly channel: Channel;
      readonly by: User;
      readonly text: string;
      readonly color: string;
    }
  | { readonly kind: "stream-online"; readonly channel: Channel; readonly stream: Stream }
  | { readonly kind: "stream-offline"; readonly channel: Channel }
  | { readonly kind: "channel-updated"; readonly channel: Channel }
  | { readonly kind: "followed"; readonly channel: Channel; readonly user: User; readonly at: number }
  | {
      readonly kind: "subscribed";
      readonly channel: Channel;
      readonly user: User;
      readonly tier: Tier;
      readonly months: number;
      readonly text: string;
      readonly isGift: boolean;
    }
  | {
      readonly kind: "gifted";
      readonly channel: Channel;
      readonly by: User | undefined;
      readonly to: readonly User[];
      readonly tier: Tier;
    }
  | {
      readonly kind: "cheered";
      readonly channel: Channel;
      readonly user: User | undefined;
      readonly bits: number;
      readonly text: string;
    }
  | { readonly kind: "raided"; readonly from: Channel; readonly to: Channel; readonly viewers: number }
  | { readonly kind: "redeemed"; readonly channel: Channel; readonly redemption: Redemption }
  | {
      readonly kind: "shouted-out";
      readonly from: Channel;
      readonly to: Channel;
      readonly by: User;
      readonly viewers: number;
    }
  | {
      readonly kind: "moderator-added" | "moderator-removed" | "vip-added" | "vip-removed";
      readonly channel: Channel;
      readonly user: User;
    }
  | { readonly kind: "authorization-granted"; readonly clientId: string; readonly user: User }
  | { readonly kind: "authorization-revoked"; readonly clientId: string; readonly user: User }
  | { readonly kind: "token-expired"; readonly accessToken: string };

export type Tier = "1000" | "2000" | "3000";
