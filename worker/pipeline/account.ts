/** Room 7. One wide line and the counters for each signal, whatever became of it. */
import type { Clock } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { Outcome } from "../outcome.ts";
import type { Delivery } from "../output.ts";
import type { WorkerCounters } from "../worker-counters.ts";
import { type Journey, roundMs } from "./journey.ts";

export function account(
  journey: Journey,
  outcome: Outcome,
  using: { readonly clock: Clock; readonly commandLog: Logger; readonly counters: WorkerCounters },
): Outcome {
  const { signal } = journey;
  const deliveries = "deliveries" in outcome ? outcome.deliveries : [];
  const writtenAt = deliveries.flatMap((one) => one.writtenAt ?? []);
  using.counters.count(signal.kind, outcome);
  using.commandLog.info(
    {
      signal: signal.id,
      kind: signal.kind,
      ...describeWho(journey),
      ...describeOutcome(outcome),
      ...(deliveries.length > 0 && { deliveries: deliveries.map(describeDelivery) }),
      ms: {
        ...journey.roomsMs,
        ...(writtenAt.length > 0 && { arrivedToWritten: roundMs(Math.min(...writtenAt) - signal.arrivedAt) }),
        total: roundMs(using.clock.now() - signal.arrivedAt),
      },
    },
    "accounted",
  );
  return outcome;
}

/** The words of somebody who addressed us help to find out why; of plain talk nothing is kept. */
function describeWho({ signal, recognised }: Journey): object {
  if (signal.kind === "channel-event") {
    return {
      topic: signal.body.topic,
      door: signal.door,
      modules: recognised?.is === "event" ? modulesOf(recognised) : [],
    };
  }
  if (recognised?.is !== "command") return { rank: signal.rank };
  const { command, call } = recognised;
  return {
    rank: signal.rank,
    module: command.module,
    word: call.word,
    untrusted: { user: signal.user.login, text: signal.text },
  };
}

const modulesOf = ({ listeners }: { readonly listeners: readonly { readonly module: string }[] }) =>
  listeners.map((one) => one.module);

function describeOutcome(outcome: Outcome): object {
  switch (outcome.is) {
    case "ignored":
    case "refused":
      return { outcome: outcome.is, because: outcome.because };
    case "failed":
      return { outcome: outcome.is, because: outcome.code };
    case "answered":
    case "unaddressed":
      return { outcome: outcome.is };
  }
}

const describeDelivery = (delivery: Delivery): string =>
  delivery.is === "dropped" ? `dropped ${delivery.because}` : delivery.is;
