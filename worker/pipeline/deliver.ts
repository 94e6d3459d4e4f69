/** Room 6. Afterwards true: every effect is on its way or its end is known. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { Delivery, Lane } from "../output.ts";
import type { Signal } from "../signal.ts";
import type { Ready } from "./render.ts";

/** How long after its signal an answer is still worth saying. */
const GOOD_FOR: Readonly<Record<Signal["kind"], { readonly lane: Lane; readonly ms: Millis }>> = {
  "chat-message": { lane: "command", ms: 10_000 },
  "stream-event": { lane: "event", ms: 120_000 },
};

/** Hands everything over before it returns, so that what is said keeps its order. */
export function deliver(
  ready: readonly Ready[],
  signal: Signal,
  using: { readonly clock: Clock; readonly log: Logger },
): Promise<readonly Delivery[]> {
  const { lane, ms } = GOOD_FOR[signal.kind];
  const room = { ...using, signal, lane, deadlineAt: signal.arrivedAt + ms };
  return Promise.all(ready.map((one) => one.deliver(room)));
}
