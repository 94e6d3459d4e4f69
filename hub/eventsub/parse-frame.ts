import * as v from "valibot";
import { isFields } from "../../shared/twitch/parse/fields.external.ts";
import {
  FrameMetadata,
  isText,
  NotificationPayload,
  RevocationPayload,
  SessionPayload,
} from "./frames.external.ts";

/** What a frame says, in our words. */
export type Frame =
  | {
      readonly kind: "welcome";
      readonly at: string;
      readonly sessionId: string;
      readonly keepaliveSeconds: number | undefined;
    }
  | { readonly kind: "keepalive"; readonly at: string }
  | Notification
  | { readonly kind: "reconnect"; readonly at: string; readonly url: string | undefined }
  | Revocation
  /** Of a kind or a shape we don't know. Never a reason to hang up: Twitch may add both. */
  | { readonly kind: "unknown"; readonly problem: string }
  /** Not a frame of EventSub's at all: it does not even prove that EventSub is at the other end. */
  | { readonly kind: "garbage"; readonly problem: string };

export interface Notification {
  readonly kind: "notification";
  readonly messageId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly type: string;
  readonly event: unknown;
  /** Instead of one event several, where a subscription batches them. */
  readonly batch?: readonly unknown[];
}

export interface Revocation {
  readonly kind: "revocation";
  readonly subscriptionId: string;
  readonly type: string;
  /** "authorization_revoked", "user_removed", "version_removed"… */
  readonly status: string;
}

const Envelope = v.object({ metadata: FrameMetadata, payload: v.optional(v.unknown()) });
const PROBLEM_MAX = 200;

/** Pure; never throws. */
export function parseFrame(text: string): Frame {
  const usual = readUsualNotification(text);
  if (usual) return usual;
  const raw = parseJson(text);
  return toUsualNotification(raw) ?? checkFrame(text, raw);
}

/** Pure: by the schemas, which have the last word on whatever is not what comes in masses. */
export function checkFrame(text: string, raw: unknown): Frame {
  const envelope = v.safeParse(Envelope, raw);
  if (!envelope.success) return { kind: "garbage", problem: describe(text, envelope.issues[0]) };
  try {
    return toFrame(envelope.output.metadata, envelope.output.payload);
  } catch (problem) {
    if (!(problem instanceof v.ValiError)) throw problem;
    const where = v.getDotPath(problem.issues[0]) ?? "payload";
    return { kind: "unknown", problem: `${where}: ${problem.message}`.slice(0, PROBLEM_MAX) };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const HEAD = '{"metadata":';
const BETWEEN = '},"payload":{"subscription":{';
const BEFORE_EVENT = '},"event":{';
const TAIL = "}}";

/**
 * A notification in the order that Twitch writes it in, without the half of it that says again which subscription it
 * is for. What is cut at can't stand within a string, where a quotation mark has a backslash before it; and what
 * begins after the one and ends before the last two brackets is whole only if it is the payload's. undefined: it is
 * looked at as a whole. What is left out is not checked either: nothing of it is used.
 */
function readUsualNotification(text: string): Notification | undefined {
  if (!text.startsWith(HEAD) || !text.endsWith(TAIL)) return undefined;
  const between = text.indexOf(BETWEEN, HEAD.length);
  const beforeEvent = between < 0 ? -1 : text.indexOf(BEFORE_EVENT, between + BETWEEN.length);
  if (beforeEvent < 0) return undefined;
  const metadata = parseJson(text.slice(HEAD.length, between + 1));
  if (!isFields(metadata) || metadata.message_type !== "notification") return undefined;
  const { message_id: messageId, message_timestamp: at, subscription_type: type } = metadata;
  if (!isText(messageId) || !isText(at) || !isText(type)) return undefined;
  const event = parseJson(text.slice(beforeEvent + BEFORE_EVENT.length - 1, -TAIL.length));
  return isFields(event) ? { kind: "notification", messageId, at, type, event } : undefined;
}

/** The same verdict as the schemas' at a tenth of their price; undefined: they decide. */
function toUsualNotification(raw: unknown): Notification | undefined {
  if (!isFields(raw)) return undefined;
  const { metadata, payload } = raw;
  if (!isFields(metadata) || metadata.message_type !== "notification" || !isFields(payload)) return undefined;
  const { message_id: messageId, message_timestamp: at } = metadata;
  const { subscription, event } = payload;
  if (!isText(messageId) || !isText(at) || !isFields(event) || !isFields(subscription)) return undefined;
  const { id, type, status, condition } = subscription;
  if (!isText(id) || !isText(type) || !isText(status) || !isFields(condition)) return undefined;
  return { kind: "notification", messageId, at, type, event };
}

function describe(text: string, issue: v.BaseIssue<unknown>): string {
  if (text === "") return "empty or binary";
  return parseJson(text) === undefined ? "not JSON" : `${v.getDotPath(issue) ?? "frame"}: ${issue.message}`;
}

function toFrame(metadata: v.InferOutput<typeof FrameMetadata>, payload: unknown): Frame {
  const at = metadata.message_timestamp;
  switch (metadata.message_type) {
    case "session_welcome": {
      const { session } = v.parse(SessionPayload, payload);
      const keepaliveSeconds = session.keepalive_timeout_seconds ?? undefined;
      return { kind: "welcome", at, sessionId: session.id, keepaliveSeconds };
    }
    case "session_keepalive":
      return { kind: "keepalive", at };
    case "notification": {
      const told = v.parse(NotificationPayload, payload);
      const common = { kind: "notification", messageId: metadata.message_id, at } as const;
      const { type } = told.subscription;
      return "event" in told
        ? { ...common, type, event: told.event }
        : { ...common, type, event: undefined, batch: told.events.map(({ data }) => data) };
    }
    case "session_reconnect": {
      const { session } = v.parse(SessionPayload, payload);
      return { kind: "reconnect", at, url: session.reconnect_url ?? undefined };
    }
    case "revocation": {
      const { subscription } = v.parse(RevocationPayload, payload);
      const { id: subscriptionId, type, status } = subscription;
      return { kind: "revocation", subscriptionId, type, status };
    }
    default:
      return { kind: "unknown", problem: `message_type ${metadata.message_type.slice(0, 60)}` };
  }
}

/** Pure: each event of a batch under an id of its own, the same whenever the frame is sent again. */
export function unbatch({
  messageId,
  event,
  batch,
}: Pick<Notification, "messageId" | "event" | "batch">): readonly Pick<
  Notification,
  "messageId" | "event"
>[] {
  return (
    batch?.map((one, index) => ({ messageId: `${messageId} ${index}`, event: one })) ?? [{ messageId, event }]
  );
}
