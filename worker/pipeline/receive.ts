/** Room 1. Afterwards true: somebody else said it, and it is the first time we hear it. */
import { isKnownBot } from "../known-bots.ts";
import type { Outcome } from "../outcome.ts";
import type { Signal } from "../signal.ts";
import type { SeenIds } from "./seen-ids.ts";
import type { TwiceTold } from "./twice-told.ts";

export type Ignored = Extract<Outcome, { is: "ignored" }>;

/** Twitch repeats events, and a reconnect overlaps with the connection before it. */
export const SEEN_IDS_MAX = 2_000;

export interface Memory {
  readonly ids: SeenIds;
  readonly twiceTold: TwiceTold;
}

export function receive(signal: Signal, memory: Memory): Ignored | { readonly is: "received" } {
  if (!memory.ids.isNew(signal.id)) return { is: "ignored", because: "seen-before" };
  if (signal.kind === "channel-event") {
    return memory.twiceTold.isNew(signal) ? { is: "received" } : { is: "ignored", because: "told-before" };
  }
  if (signal.isOwnVoice) return { is: "ignored", because: "own-voice" };
  if (signal.isFromSharedChat) return { is: "ignored", because: "shared-chat" };
  if (isKnownBot(signal.user.login)) return { is: "ignored", because: "known-bot" };
  return { is: "received" };
}
