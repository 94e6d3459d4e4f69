/** The way to one service: within its budget, and left alone for a while when it fails again and again. */
import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhenResult,
} from "cockatiel";
import type { Agent } from "undici";
import type * as v from "valibot";
import type { Clock, Millis } from "../../shared/clock.ts";
import {
  askService,
  failed,
  type ServiceAnswer,
  type ServiceCall,
  type ServiceFailure,
} from "./ask-service.ts";
import type { RateBudget } from "./rate-budget.ts";

/** How long somebody waits for it, on the house's clock. */
export interface Patience {
  readonly until: Millis;
}

export interface ServiceCaller {
  /** Never rejects. */
  call<Schema extends v.GenericSchema>(
    call: ServiceCall,
    schema: Schema,
    patience: Patience,
  ): Promise<ServiceAnswer<v.InferOutput<Schema>>>;
  isResting(): boolean;
}

const FAILURES_IN_A_ROW = 3;
const REST: { readonly initialDelay: Millis; readonly maxDelay: Millis } = {
  initialDelay: 15_000,
  maxDelay: 300_000,
};

export function makeGuardedCaller(using: {
  readonly agent: Agent;
  readonly budget: RateBudget;
  readonly clock: Clock;
  readonly onRest: (isResting: boolean) => void;
}): ServiceCaller {
  const { clock, budget, agent } = using;
  const breaker = circuitBreaker(handleWhenResult(isItsFault), {
    halfOpenAfter: new ExponentialBackoff(REST),
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });
  breaker.onBreak(() => using.onRest(true));
  breaker.onReset(() => using.onRest(false));

  const attempt = async <Schema extends v.GenericSchema>(
    call: ServiceCall,
    schema: Schema,
    patience: Patience,
  ): Promise<ServiceAnswer<v.InferOutput<Schema>>> => {
    const permit = await budget.take(patience.until - clock.now());
    if (!permit) return failed("over-budget", "as many calls as it allows were made");
    const time = new AbortController();
    const cancel = clock.after(Math.max(0, patience.until - clock.now()), () => time.abort());
    try {
      return await askService(call, schema, { agent, signal: time.signal });
    } finally {
      cancel();
      permit.done();
    }
  };
  return {
    isResting: () => breaker.state === CircuitState.Open,
    async call(call, schema, patience) {
      try {
        return await breaker.execute(() => attempt(call, schema, patience));
      } catch {
        // The one thing it throws: the circuit is open.
        return failed("resting", "it failed several times in a row");
      }
    },
  };
}

/** What says that the service itself is in no state to answer. A refusal of one question is none of it. */
function isItsFault(result: unknown): boolean {
  const answer = result as ServiceAnswer<unknown>;
  return answer.is === "failed" && ITS_FAULT.has(answer.because);
}
const ITS_FAULT: ReadonlySet<ServiceFailure["because"]> = new Set([
  "unreachable",
  "too-slow",
  "rate-limited",
  "unauthorised",
  "server-error",
  "not-json",
  "too-large",
  "unknown-shape",
]);
