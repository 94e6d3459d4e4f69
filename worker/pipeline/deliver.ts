/** Room 6. Afterwards true: every effect is on its way or its end is known. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { Delivery, Lane } from "../output.ts";
import type { Signal } from "../signal.ts";
import type { Ready } from "./render.ts";
import { type SayOnce, WORTH_SAYING_MS } from "./say-once.ts";

/** How long after its signal an answer is still worth saying. */
const GOOD_FOR: Readonly<Record<Signal["kind"], { readonly lane: Lane; readonly ms: Millis }>> = {
  "chat-message": { lane: "command", ms: 10_000 },
  "channel-event": { lane: "event", ms: 120_000 },
};

/**
 * Hands everything over before it returns, so that what is said keeps its order; only what is said once is looked
 * up first. What was said before has no delivery.
 */
export async function deliver(
  ready: readonly Ready[],
  signal: Signal,
  using: { readonly clock: Clock; readonly log: Logger; readonly sayOnce: SayOnce },
): Promise<readonly Delivery[]> {
  const { clock, log, sayOnce } = using;
  const { lane: usual, ms } = GOOD_FOR[signal.kind];
  const worthUntil = signal.arrivedAt + WORTH_SAYING_MS;
  const handOver = ({ once, lane = usual, deliver }: Ready, index: number) => {
    const room = { clock, log, signal, lane, key: `${signal.id} ${index}` };
    return once
      ? sayOnce.deliver(once, worthUntil, (onWritten) =>
          deliver({ ...room, deadlineAt: Math.min(clock.now() + ms, worthUntil), onWritten }),
        )
      : deliver({ ...room, deadlineAt: signal.arrivedAt + ms, onWritten: () => {} });
  };
  const deliveries = await Promise.all(ready.map(handOver));
  return deliveries.filter((one) => one !== undefined);
}
