import type { ChannelId } from "../../shared/ids.ts";
import type { Topic } from "../../shared/twitch/topics.ts";

export interface Wanted {
  readonly channelId: ChannelId;
  readonly topic: Topic;
}

/** A subscription as Twitch lists it. */
export interface Seen extends Wanted {
  readonly twitchId: string;
  readonly sessionId: string;
  readonly status: "enabled" | "pending" | "failed";
}

export type Repair =
  | { readonly do: "create"; readonly want: Wanted }
  | {
      readonly do: "delete";
      readonly have: Seen;
      readonly because: "unwanted" | "other-session" | "failed" | "double";
    };

const key = (one: Wanted) => `${one.channelId} ${one.topic}`;

/**
 * Pure: what makes `seen` into `wanted`. Deletes come first: another session's leavings cost what the creates
 * need, and would be answered with 409.
 */
export function planRepairs(
  wanted: readonly Wanted[],
  seen: readonly Seen[],
  sessionId: string,
): readonly Repair[] {
  const missing = new Map(wanted.map((one) => [key(one), one]));
  const wantedKeys = new Set(missing.keys());
  const deletes: Repair[] = [];
  for (const have of seen) {
    const because = surplus(have, wantedKeys, missing, sessionId);
    if (because) deletes.push({ do: "delete", have, because });
    else missing.delete(key(have));
  }
  return [...deletes, ...[...missing.values()].map((want): Repair => ({ do: "create", want }))];
}

function surplus(
  have: Seen,
  wanted: ReadonlySet<string>,
  missing: ReadonlyMap<string, Wanted>,
  sessionId: string,
): Extract<Repair, { do: "delete" }>["because"] | undefined {
  if (have.sessionId !== sessionId) return "other-session";
  if (have.status === "failed") return "failed";
  if (!wanted.has(key(have))) return "unwanted";
  return missing.has(key(have)) ? undefined : "double";
}
