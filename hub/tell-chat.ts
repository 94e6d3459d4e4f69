/** Tells workers that hear chat over EventSub whether it comes: on every new link, on each change, and while it does not come. */
import type { Clock, Millis } from "../shared/clock.ts";
import type { Login } from "../shared/ids.ts";
import type { HubToWorker } from "../shared/ipc/hub-worker.ts";
import type { Topic } from "../shared/twitch/topics.ts";
import type { TransportState } from "./eventsub/transport.ts";
import type { WorkerLink } from "./post.ts";
import type { ReconcilePicture } from "./reconcile/loop.ts";
import { wantedKey } from "./reconcile/subscription.ts";
import type { WantedSubscription } from "./wanted-subscriptions.ts";

type ChatLink = Omit<Extract<HubToWorker, { kind: "chat-link" }>, "kind">;

export interface ChatSight {
  readonly wanted: readonly WantedSubscription[];
  readonly transport: Pick<TransportState, "connections" | "problem">;
  readonly picture: Pick<ReconcilePicture, "seen" | "refusals" | "problem">;
}

const CHAT: Topic = "channel.chat.message";
const DETAIL_MAX = 500;
/** A worker that waits has to be told that it still does. */
const STILL_CLOSED_EVERY_MS: Millis = 5_000;

/** Pure. */
export function toChatLinks({ wanted, transport, picture }: ChatSight): ReadonlyMap<Login, ChatLink> {
  const chats = wanted.filter(({ topic }) => topic === CHAT);
  const isDelivering = transport.connections.some(({ mode }) => mode === "live" || mode === "moving");
  const enabled = new Set(picture.seen.filter((one) => one.status === "enabled").map(wantedKey));
  const closed = (whom: "twitch" | "operator", detail: string): ChatLink => ({
    isOpen: false,
    wait: { for: whom, detail: detail.slice(0, DETAIL_MAX) },
  });
  const toLink = (one: WantedSubscription): ChatLink => {
    const refusal = picture.refusals.get(wantedKey(one));
    if (refusal) return closed("operator", refusal.problem);
    if (!isDelivering) return closed("twitch", transport.problem ?? "there is no connection to EventSub now");
    if (enabled.has(wantedKey(one))) return { isOpen: true };
    return closed("twitch", picture.problem ?? "Twitch has not confirmed the subscription to the chat yet");
  };
  return new Map(chats.map((one) => [one.channel, toLink(one)]));
}

export function makeChatTeller(using: {
  readonly sight: () => ChatSight;
  readonly findLink: (channel: Login) => WorkerLink | undefined;
  readonly clock: Clock;
}): { look(): void } {
  const { clock } = using;
  const told = new WeakMap<WorkerLink, { readonly words: string; readonly at: Millis }>();
  return {
    look() {
      for (const [channel, chatLink] of toChatLinks(using.sight())) {
        const link = using.findLink(channel);
        if (!link) continue;
        const words = JSON.stringify(chatLink);
        const before = told.get(link);
        const isOld = !chatLink.isOpen && clock.now() - (before?.at ?? 0) >= STILL_CLOSED_EVERY_MS;
        if (before?.words === words && !isOld) continue;
        if (link.send({ kind: "chat-link", ...chatLink }) === "sent")
          told.set(link, { words, at: clock.now() });
      }
    },
  };
}
