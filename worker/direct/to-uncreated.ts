/** Pure: what the library threw at a subscription, sorted by what to do next. The hub sorts Helix's own answers so, too. */
import { HttpStatusCodeError } from "@twurple/api-call";
import * as v from "valibot";
import { toError } from "../../shared/errors.ts";

export type Uncreated = {
  /**
   * `away`: nobody answered, or not for this subscription's fault. `doubtful`: it may pass, or it may be for good.
   * `look-again`: it is there already, and whether on this connection nobody knows. `hopeless`: it will be refused
   * again until somebody changes something.
   */
  readonly is: "away" | "doubtful" | "look-again" | "hopeless";
  readonly problem: string;
};

const PROBLEM_MAX = 300;
const ErrorBody = v.pipe(v.string(), v.parseJson(), v.object({ message: v.string() }));

export function toUncreated(thrown: unknown): Uncreated {
  if (!(thrown instanceof HttpStatusCodeError))
    return { is: "away", problem: toError(thrown).message.slice(0, PROBLEM_MAX) };
  const said = v.safeParse(ErrorBody, thrown.body);
  const problem = `${thrown.statusCode} ${said.success ? said.output.message : ""}`.trim();
  return { is: judge(thrown.statusCode), problem: problem.slice(0, PROBLEM_MAX) };
}

function judge(status: number): Uncreated["is"] {
  if (status >= 500) return "away";
  switch (status) {
    // The hub replaces a token that was refused, or waits for another login.
    case 401:
    case 408:
      return "away";
    // A session that is over, or one whose subscriptions still count.
    case 400:
    case 429:
      return "doubtful";
    case 409:
      return "look-again";
    default:
      return "hopeless";
  }
}
