/** The body of POST /eventsub/subscriptions, or the sentence that says what is wrong with it. */
import * as v from "valibot";
import type { Condition } from "./subscription.ts";

const REQUEST = v.object({
  type: v.pipe(v.string(), v.nonEmpty()),
  version: v.pipe(v.string(), v.nonEmpty()),
  condition: v.record(v.string(), v.nullish(v.string())),
  transport: v.object({
    method: v.string(),
    session_id: v.optional(v.string()),
    conduit_id: v.optional(v.string()),
  }),
});

export interface SubscriptionRequest {
  readonly type: string;
  readonly version: string;
  readonly condition: Condition;
  readonly transport: {
    readonly method: string;
    readonly sessionId: string | undefined;
    readonly conduitId: string | undefined;
  };
}

export type ParsedRequest =
  | { readonly is: "request"; readonly request: SubscriptionRequest }
  | { readonly is: "malformed"; readonly message: string };

export function parseSubscriptionRequest(body: unknown): ParsedRequest {
  const parsed = v.safeParse(REQUEST, body);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const field = v.getDotPath(issue) ?? "body";
    const isMissing = issue.received === "undefined" || issue.received === '""';
    return { is: "malformed", message: `The ${field} field is ${isMissing ? "required" : "not valid"}.` };
  }
  const { type, version, condition, transport } = parsed.output;
  return {
    is: "request",
    request: {
      type,
      version,
      condition: toCondition(condition),
      transport: {
        method: transport.method,
        sessionId: transport.session_id,
        conduitId: transport.conduit_id,
      },
    },
  };
}

/** A field given as null is a field not given. */
function toCondition(given: Readonly<Record<string, string | null | undefined>>): Condition {
  const condition: Record<string, string> = {};
  for (const [field, value] of Object.entries(given)) {
    if (typeof value === "string") condition[field] = value;
  }
  return condition;
}
