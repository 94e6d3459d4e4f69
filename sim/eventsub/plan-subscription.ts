/**
 * May this subscription be made? Pure: it looks at facts and answers with what to make, or with Twitch's status and
 * sentence. Sentences marked "seen" are quoted in public bug reports, the others say what the documentation's
 * list of response codes says (docs/api/reference/#create-eventsub-subscription). Numbers:
 * docs/eventsub/manage-subscriptions/#subscription-limits.
 */
import type { Token, World } from "../world/world.ts";
import type { Condition, Subscription, Transport } from "./subscription.ts";
import { hasAuthorization } from "./subscription-authorization.ts";
import { planLimits } from "./subscription-limits.ts";
import { type Refusal, refuse } from "./subscription-refusal.ts";
import type { SubscriptionRequest } from "./subscription-request.ts";
import { findSubscriptionType, type SubscriptionType } from "./subscription-types.ts";

export interface SessionFacts {
  readonly connectedAt: number;
  /** Who made its first subscription, or bound it to a shard (then there is no user). */
  readonly owner: { readonly clientId: string; readonly userId: string | undefined } | undefined;
}

export interface SubscriptionFacts {
  readonly world: World;
  /** Every subscription of this client. */
  readonly subscriptions: readonly Subscription[];
  readonly session: SessionFacts | undefined;
  /** Whether the client has a conduit of the requested id. */
  readonly hasConduit: boolean;
}

export type SubscriptionPlan =
  | {
      readonly is: "allowed";
      readonly type: SubscriptionType;
      readonly condition: Condition;
      readonly transport: Transport;
    }
  | Refusal;

/** A request that passed the first doors: its type is known. */
export interface Candidate {
  readonly request: SubscriptionRequest;
  readonly type: SubscriptionType;
  readonly token: Token;
}

export function planSubscription(
  request: SubscriptionRequest,
  token: Token,
  facts: SubscriptionFacts,
): SubscriptionPlan {
  const type = findSubscriptionType(request.type, request.version);
  const refusal = checkTransport(request, token) ?? checkType(type, token);
  if (refusal) return refusal;
  // checkType refuses what is not in the table.
  if (!type) return refuse(400, "invalid subscription type and version");
  const candidate: Candidate = { request, type, token };
  return (
    checkCondition(candidate, facts.world) ??
    checkAuthorization(candidate, facts.world) ??
    checkDestination(candidate, facts) ??
    planLimits(candidate, facts) ?? {
      is: "allowed",
      type,
      condition: request.condition,
      transport: toTransport(request, facts),
    }
  );
}

function checkTransport({ transport }: SubscriptionRequest, token: Token): Refusal | undefined {
  switch (transport.method) {
    case "websocket":
      if (token.kind !== "user") return refuse(400, "invalid transport and auth combination"); // seen
      return transport.sessionId ? undefined : refuse(400, "The transport.session_id field is required.");
    case "conduit":
      if (token.kind !== "app") return refuse(400, "invalid transport and auth combination");
      return transport.conduitId ? undefined : refuse(400, "The transport.conduit_id field is required.");
    case "webhook":
      return refuse(400, "simulator: the webhook transport is not simulated; use websocket or conduit");
    default:
      return refuse(400, "The transport.method field is not valid.");
  }
}

function checkType(type: SubscriptionType | undefined, token: Token): Refusal | undefined {
  if (!type) return refuse(400, "invalid subscription type and version"); // seen
  if (type.fate === "gone") return refuse(410, "subscription type and version is no longer available"); // the status is seen
  if (type.fate === "deprecated") return refuse(400, "cannot use deprecated subscription type and version"); // seen
  if (type.authorization.of === "application" && token.kind === "user") {
    return refuse(400, "invalid transport and auth combination");
  }
  return undefined;
}

function checkCondition({ request: { condition }, type }: Candidate, world: World): Refusal | undefined {
  const missing = type.required.find((field) => !condition[field]) ?? findMissingOneOf(type, condition);
  if (missing !== undefined) {
    // seen
    return refuse(
      400,
      `unknown validation error: Key: 'SubscriptionCondition.${missing}' Error:Field validation for '${missing}' failed on the 'required' tag`,
    );
  }
  const known = [...type.required, ...type.optional];
  const strange = Object.keys(condition).find((field) => condition[field] && !known.includes(field));
  if (strange !== undefined) return refuse(400, `The condition.${strange} field is not valid.`);
  const stranger = known.find(
    (field) => field.endsWith("user_id") && condition[field] && !world.users.has(condition[field]),
  );
  return stranger === undefined
    ? undefined
    : refuse(400, "The user specified in the condition object does not exist.");
}

function findMissingOneOf(type: SubscriptionType, condition: Condition): string | undefined {
  if (type.oneOf.length === 0 || type.oneOf.some((field) => condition[field])) return undefined;
  return type.oneOf[0];
}

function checkAuthorization(candidate: Candidate, world: World): Refusal | undefined {
  if (hasAuthorization(candidate, world)) return undefined;
  return refuse(403, "subscription missing proper authorization"); // seen
}

/** The session or conduit the events shall go to. */
function checkDestination(
  { request: { transport }, token }: Candidate,
  facts: SubscriptionFacts,
): Refusal | undefined {
  if (transport.method === "conduit") {
    return facts.hasConduit ? undefined : refuse(400, "The transport.conduit_id field is not valid.");
  }
  if (!facts.session) {
    return refuse(400, "websocket transport session does not exist or has already disconnected"); // seen
  }
  const { owner } = facts.session;
  if (owner && (owner.clientId !== token.clientId || owner.userId !== token.userId)) {
    return refuse(400, "websocket transport cannot have subscriptions created by different users"); // seen
  }
  return undefined;
}

function toTransport({ transport }: SubscriptionRequest, facts: SubscriptionFacts): Transport {
  if (transport.method === "conduit") return { method: "conduit", conduitId: transport.conduitId ?? "" };
  return {
    method: "websocket",
    sessionId: transport.sessionId ?? "",
    connectedAt: facts.session?.connectedAt ?? 0,
  };
}
