/** Room 4. Afterwards true: the module has said what should happen, or failed to. It performs nothing. */
import * as v from "valibot";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import { describeIssues } from "../../shared/ipc/link.ts";
import { LANES } from "../../shared/ipc/permit-words.ts";
import type { Logger } from "../../shared/log.ts";
import type { Answer } from "../module.ts";
import type { Recognised } from "./recognise.ts";

/** What one module answered. */
export type Answered =
  | { readonly is: "answer"; readonly module: string; readonly answer: Answer }
  | { readonly is: "failed"; readonly module: string };

/** A module that takes longer has failed. Whoever asked is still there to be told so. */
export const RUN_WITHIN_MS: Millis = 8_000;

const OnceText = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
/** Surplus keys in an answer are a module's mistake that the compiler can't see everywhere. */
const AnswerShape = v.variant("is", [
  v.strictObject({ is: v.literal("nothing") }),
  v.strictObject({
    is: v.literal("effects"),
    effects: v.array(
      v.strictObject({
        output: v.string(),
        payload: v.unknown(),
        once: v.optional(OnceText),
        lane: v.optional(v.picklist(LANES)),
      }),
    ),
  }),
  v.strictObject({
    is: v.literal("refused"),
    because: v.picklist(["bad-arguments", "not-allowed", "not-found", "backend-away"]),
  }),
]);

interface RunTools {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Several modules may hear one event; a command belongs to one. */
export function run(recognised: Recognised, tools: RunTools): Promise<readonly Answered[]> {
  switch (recognised.is) {
    case "command": {
      const { command, call } = recognised;
      return Promise.all([attempt(command.module, () => command.run(call), tools)]);
    }
    case "event": {
      const { listeners, signal } = recognised;
      return Promise.all(listeners.map((one) => attempt(one.module, () => one.hear(signal), tools)));
    }
  }
}

async function attempt(
  module: string,
  ask: () => Promise<Answer> | Answer,
  tools: RunTools,
): Promise<Answered> {
  const failed = (problem: unknown): Answered => {
    tools.log.error({ module, err: toError(problem) }, "a module failed");
    return { is: "failed", module };
  };
  try {
    const answer = v.safeParse(AnswerShape, await withinTime(ask(), tools.clock));
    if (!answer.success) return failed(`it answered in no known shape: ${describeIssues(answer.issues)}`);
    return { is: "answer", module, answer: answer.output };
  } catch (problem) {
    return failed(problem);
  }
}

function withinTime<T>(asked: Promise<T> | T, clock: Clock): Promise<T> | T {
  if (!(asked instanceof Promise)) return asked;
  return new Promise((resolve, reject) => {
    const cancel = clock.after(RUN_WITHIN_MS, () =>
      reject(new Error(`it took longer than ${RUN_WITHIN_MS} ms`)),
    );
    asked.then(resolve, reject).finally(cancel);
  });
}
