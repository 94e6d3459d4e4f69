import * as v from "valibot";
import { FrameMetadata, NotificationPayload, RevocationPayload, SessionPayload } from "./frames.external.ts";

/** What a frame says, in our words. */
export type Frame =
  | { readonly kind: "welcome"; readonly sessionId: string; readonly keepaliveSeconds: number | undefined }
  | { readonly kind: "keepalive" }
  | Notification
  | { readonly kind: "reconnect"; readonly url: string | undefined }
  | Revocation
  /** Never a reason to hang up: Twitch may add frame types. */
  | { readonly kind: "unknown"; readonly problem: string };

export interface Notification {
  readonly kind: "notification";
  readonly messageId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly type: string;
  readonly event: unknown;
}

export interface Revocation {
  readonly kind: "revocation";
  readonly subscriptionId: string;
  readonly type: string;
  /** "authorization_revoked", "user_removed", "version_removed"… */
  readonly status: string;
}

/** Pure; never throws. */
export function parseFrame(text: string): Frame {
  try {
    const raw: unknown = JSON.parse(text);
    const { metadata, payload } = v.parse(
      v.object({ metadata: FrameMetadata, payload: v.optional(v.unknown()) }),
      raw,
    );
    return toFrame(metadata, payload);
  } catch (problem) {
    if (problem instanceof SyntaxError) return { kind: "unknown", problem: "not JSON" };
    if (problem instanceof v.ValiError) return { kind: "unknown", problem: problem.message };
    throw problem;
  }
}

function toFrame(metadata: v.InferOutput<typeof FrameMetadata>, payload: unknown): Frame {
  switch (metadata.message_type) {
    case "session_welcome": {
      const { session } = v.parse(SessionPayload, payload);
      return {
        kind: "welcome",
        sessionId: session.id,
        keepaliveSeconds: session.keepalive_timeout_seconds ?? undefined,
      };
    }
    case "session_keepalive":
      return { kind: "keepalive" };
    case "notification": {
      const { subscription, event } = v.parse(NotificationPayload, payload);
      return {
        kind: "notification",
        messageId: metadata.message_id,
        at: metadata.message_timestamp,
        type: subscription.type,
        event,
      };
    }
    case "session_reconnect":
      return { kind: "reconnect", url: v.parse(SessionPayload, payload).session.reconnect_url ?? undefined };
    case "revocation": {
      const { subscription } = v.parse(RevocationPayload, payload);
      return {
        kind: "revocation",
        subscriptionId: subscription.id,
        type: subscription.type,
        status: subscription.status,
      };
    }
    default:
      return { kind: "unknown", problem: `message_type ${metadata.message_type.slice(0, 60)}` };
  }
}
