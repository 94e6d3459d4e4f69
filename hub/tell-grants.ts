/** Tells each worker what its channel's owner has to grant first, on every new link and whenever that changes. */
import type { Login } from "../shared/ids.ts";
import type { HubToWorker } from "../shared/ipc/hub-worker.ts";
import { topicRow } from "../shared/twitch/topics.ts";
import type { WorkerLink } from "./post.ts";
import type { ReconcilePicture } from "./reconcile/loop.ts";
import { wantedKey } from "./reconcile/subscription.ts";
import type { WantedSubscription } from "./wanted-subscriptions.ts";

type Missing = Extract<HubToWorker, { kind: "grants-missing" }>["topics"];

const DETAIL_MAX = 500;

/** Pure. What chat tells the worker anyway is not missed. */
export function toMissingGrants(
  wanted: readonly WantedSubscription[],
  { refusals }: Pick<ReconcilePicture, "refusals">,
): ReadonlyMap<Login, Missing> {
  const missing = new Map<Login, Missing>(wanted.map(({ channel }) => [channel, []]));
  for (const one of wanted) {
    const refusal = refusals.get(wantedKey(one));
    if (refusal?.code !== "needs-grant" || topicRow(one.topic).isToldInChat) continue;
    missing.get(one.channel)?.push({ topic: one.topic, detail: refusal.problem.slice(0, DETAIL_MAX) });
  }
  return missing;
}

export function makeGrantTeller(
  findLink: (channel: Login) => WorkerLink | undefined,
): (missing: ReadonlyMap<Login, Missing>) => void {
  const told = new WeakMap<WorkerLink, string>();
  return (missing) => {
    for (const [channel, topics] of missing) {
      const link = findLink(channel);
      const words = JSON.stringify(topics);
      if (!link || told.get(link) === words) continue;
      if (link.send({ kind: "grants-missing", topics }) === "sent") told.set(link, words);
    }
  };
}
