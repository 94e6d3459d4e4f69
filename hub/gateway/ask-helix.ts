/** One question to Helix, and its end in the words that workers are told. */
import * as v from "valibot";
import type { REQUEST_FAILURES } from "../../shared/ipc/hub-worker.ts";
import type { HelixAnswer, HelixCaller } from "../twitch/helix-caller.ts";

export interface Failed {
  readonly is: "failed";
  readonly code: (typeof REQUEST_FAILURES)[number];
  readonly detail: string;
}
export type Looked<Value> = { readonly is: "looked"; readonly value: Value } | Failed;

const failed = (code: Failed["code"], detail: string): Failed => ({ is: "failed", code, detail });
export const noPointsLeft = (): Failed => failed("rate-limited", "Helix's points are spent");

export async function getFromHelix<Schema extends v.GenericSchema>(
  caller: Pick<HelixCaller, "call">,
  path: string,
  schema: Schema,
): Promise<Looked<v.InferOutput<Schema>>> {
  return toLooked(await caller.call({ method: "GET", path }), schema);
}

/** Pure. */
function toLooked<Schema extends v.GenericSchema>(
  answer: HelixAnswer,
  schema: Schema,
): Looked<v.InferOutput<Schema>> {
  if (answer.is !== "answer" || answer.status !== 200) return toFailed(answer);
  const parsed = v.safeParse(schema, answer.body);
  return parsed.success
    ? { is: "looked", value: parsed.output }
    : failed("twitch-away", "Helix answered in an unknown shape");
}

const TOO_MANY_REQUESTS = 429;

/** Pure: of an answer that is no good. */
export function toFailed(answer: HelixAnswer): Failed {
  switch (answer.is) {
    case "away":
      return failed("twitch-away", answer.problem);
    case "paced":
      return noPointsLeft();
    case "unauthorised":
      return failed("needs-reauth", answer.problem);
    case "answer": {
      const detail = `${answer.status} ${answer.message}`.trim();
      return failed(answer.status === TOO_MANY_REQUESTS ? "rate-limited" : "twitch-refused", detail);
    }
  }
}
