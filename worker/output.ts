/**
 * The contract of a place where answers go: one file in worker/outputs. It exports its definition and the maker of
 * its effect, so that a module writes `say({ text })` and the compiler checks it.
 */
import * as v from "valibot";
import type { Clock, Millis } from "../shared/clock.ts";
import { describeIssues } from "../shared/ipc/link.ts";
import { LANES, type Lane } from "../shared/ipc/permit-words.ts";
import type { Logger } from "../shared/log.ts";
import type { Effect } from "./module.ts";
import type { Signal } from "./signal.ts";

export interface OutputDefinition<Payload extends v.GenericSchema, Reach> {
  readonly name: string;
  readonly payload: Payload;
  /** Pure: what will really go out, addressed, made harmless and cut to the place's length. Called once, in room `render`. */
  render(payload: v.InferOutput<Payload>, signal: Signal): v.InferOutput<Payload>;
  /** Resolves when the end is known. Nothing is sent after `room.deadlineAt`; the end may become known a little later. */
  deliver(payload: v.InferOutput<Payload>, room: OutputRoom<Reach>): Promise<Delivery>;
}

export interface OutputRoom<Reach> {
  readonly clock: Clock;
  readonly log: Logger;
  /** What this delivery answers. */
  readonly signal: Signal;
  readonly lane: Lane;
  /** Names this very delivery: the same one again when its signal comes a second time, to whichever process. */
  readonly key: string;
  /** Monotonic. An answer later than this helps nobody. */
  readonly deadlineAt: Millis;
  /** To be called at the moment it leaves this process, if that moment comes. */
  readonly onWritten: () => void;
  readonly reach: Reach;
}

export { LANES, type Lane };

/** The end of a delivery: every one has exactly one. */
export type Delivery = (
  | { readonly is: "accepted" }
  /**
   * `because` is Twitch's msg-id or drop code, or ours ("queue-full", "no-connection", "stopping").
   * `isFinal`: trying again would not help.
   */
  | { readonly is: "dropped"; readonly because: string; readonly isFinal?: true }
  /** It never left: its time was over before its turn came. */
  | { readonly is: "expired" }
  /** It left, and nobody said whether it arrived. It may have been read. */
  | { readonly is: "unknown" }
) & {
  /** Monotonic: when it left this process, if it did. */
  readonly writtenAt?: Millis;
};

export function defineOutput<Payload extends v.GenericSchema, Reach>(
  definition: OutputDefinition<Payload, Reach>,
): OutputDefinition<Payload, Reach> & { effect(payload: v.InferInput<Payload>): Effect } {
  return { ...definition, effect: (payload) => ({ output: definition.name, payload }) };
}

/** A rendered effect that only waits to be delivered. */
export type Rendered =
  | { readonly is: "rendered"; deliver(room: Omit<OutputRoom<unknown>, "reach">): Promise<Delivery> }
  | { readonly is: "wrong"; readonly problem: string };

/** An output with its reach in hand: what the pipeline sees, whatever the payload. */
export interface BoundOutput {
  readonly name: string;
  render(payload: unknown, signal: Signal): Rendered;
}

export function bindOutput<Payload extends v.GenericSchema, Reach>(
  definition: OutputDefinition<Payload, Reach>,
  reach: Reach,
): BoundOutput {
  return {
    name: definition.name,
    render(payload, signal) {
      const parsed = v.safeParse(definition.payload, payload);
      if (!parsed.success) return { is: "wrong", problem: describeIssues(parsed.issues) };
      const rendered = definition.render(parsed.output, signal);
      return { is: "rendered", deliver: (room) => definition.deliver(rendered, { ...room, reach }) };
    },
  };
}
