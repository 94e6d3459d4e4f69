/**
 * The way of every signal, chat line or event, through seven rooms to exactly one outcome. The first three rooms
 * are passed before `bringIn` returns, so signals are admitted in the order they came; what they answer leaves in
 * that order too (see turns.ts).
 */
import type { Clock } from "../shared/clock.ts";
import type { Logger } from "../shared/log.ts";
import type { ChatLog } from "./chat-log.ts";
import type { Outcome } from "./outcome.ts";
import type { BoundOutput } from "./output.ts";
import { account } from "./pipeline/account.ts";
import { admit } from "./pipeline/admit.ts";
import { makeCooldowns } from "./pipeline/cooldowns.ts";
import { deliver } from "./pipeline/deliver.ts";
import { type Journey, startJourney } from "./pipeline/journey.ts";
import { receive, SEEN_IDS_MAX } from "./pipeline/receive.ts";
import { type Recognised, recognise } from "./pipeline/recognise.ts";
import { render } from "./pipeline/render.ts";
import { run } from "./pipeline/run.ts";
import { type ClaimStore, makeSayOnce } from "./pipeline/say-once.ts";
import { makeSeenIds } from "./pipeline/seen-ids.ts";
import { makeTurns, type Turn } from "./pipeline/turns.ts";
import { makeTwiceTold } from "./pipeline/twice-told.ts";
import type { Registry } from "./registry.ts";
import type { Signal } from "./signal.ts";
import type { WorkerCounters } from "./worker-counters.ts";

export interface Pipeline {
  /** Resolves when the signal is accounted for. */
  bringIn(signal: Signal): Promise<Outcome>;
  /** Resolves when nothing is in hand any more. */
  settled(): Promise<void>;
}

interface Entered {
  readonly is: "entered";
  readonly recognised: Recognised;
  refund(): void;
  readonly turn: Turn;
}

export function makePipeline(using: {
  /** As they are at each signal: they may change while we run. */
  readonly settings: { readonly registry: Registry; readonly prefix: string };
  readonly store: ClaimStore;
  readonly outputs: readonly BoundOutput[];
  readonly counters: WorkerCounters;
  readonly clock: Clock;
  readonly log: Logger;
  readonly chatLog: Pick<ChatLog, "heard">;
  /** Takes the one line for each signal that room 7 writes. */
  readonly commandLog: Logger;
  readonly stopping: AbortSignal;
}): Pipeline {
  const { clock, log } = using;
  const memory = { ids: makeSeenIds(SEEN_IDS_MAX), twiceTold: makeTwiceTold() };
  const cooldowns = makeCooldowns(clock);
  const turns = makeTurns(clock);
  const outputs = new Map(using.outputs.map((output) => [output.name, output]));
  const sayOnce = makeSayOnce(using);
  const inHand = new Set<Promise<Outcome>>();

  /** Rooms 1 to 3: at once, in the order of arrival. */
  const enter = (journey: Journey): Outcome | Entered => {
    const { signal } = journey;
    const received = receive(signal, memory);
    journey.leave("receive");
    const isNew = received.is === "received" || received.because !== "seen-before";
    if (isNew && signal.kind === "chat-message") using.chatLog.heard(signal);
    if (received.is === "ignored") return received;

    const recognised = recognise(signal, using.settings);
    journey.leave("recognise");
    if (recognised.is === "unaddressed") return recognised;
    journey.recognised = recognised;

    const admitted = admit(recognised, cooldowns);
    journey.leave("admit");
    if (admitted.is === "refused") return admitted;
    return { is: "entered", recognised, refund: admitted.refund, turn: turns.take() };
  };

  /** Rooms 4 to 6: as long as the module and the channel need. */
  const answer = async (journey: Journey, { recognised, refund, turn }: Entered): Promise<Outcome> => {
    const answered = await run(recognised, { clock, log });
    journey.leave("run");

    const { ready, verdict } = render(answered, journey.signal, { outputs, log });
    journey.leave("render");
    if (verdict.is !== "answered") refund();
    if (verdict.is === "refused") return verdict;

    await turn.comes();
    journey.leave("turn");
    const underWay = deliver(ready, journey.signal, { clock, log, sayOnce });
    turn.pass();
    const deliveries = await underWay;
    journey.leave("deliver");
    return { ...verdict, deliveries };
  };

  const walk = async (signal: Signal): Promise<Outcome> => {
    const journey = startJourney(signal, clock);
    const entered = enter(journey);
    if (entered.is !== "entered") return account(journey, entered, using);
    try {
      return account(journey, await answer(journey, entered), using);
    } finally {
      entered.turn.pass();
    }
  };

  return {
    bringIn(signal) {
      const walking = walk(signal);
      inHand.add(walking);
      void walking.finally(() => inHand.delete(walking));
      return walking;
    },
    async settled() {
      while (inHand.size > 0) await Promise.all(inHand);
    },
  };
}
