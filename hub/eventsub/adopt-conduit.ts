/**
 * Which conduit at Twitch is ours: the one this installation made and remembers, or else a new one. Several
 * installations may share a client id, so a conduit that is not remembered is somebody else's, however idle it looks;
 * what was lost with a deleted database Twitch removes by itself after 72 hours without a shard.
 */
import type { HubState } from "../../db/hub-state.ts";
import type { Logger } from "../../shared/log.ts";
import { remember } from "../remember.ts";
import type { Conduit, ConduitDesk, Got } from "./conduit-desk.ts";

const KEY = "eventsub-conduit";

interface Parts {
  readonly desk: ConduitDesk;
  readonly memory: HubState;
  readonly shards: number;
  readonly log: Logger;
}

export async function adoptConduit(
  using: Parts,
): Promise<Got<Conduit & { readonly how: "adopted" | "made" }>> {
  const { desk, shards } = using;
  const listed = await desk.list();
  if (listed.is !== "done") return listed;
  const remembered = using.memory.find(KEY);
  const ours = listed.value.find(({ id }) => id === remembered);
  if (!ours) return makeOne(using, listed.value.length);
  if (ours.shardCount !== shards) {
    const resized = await desk.resize(ours.id, shards);
    if (resized.is !== "done") return resized;
  }
  return { is: "done", value: { id: ours.id, shardCount: shards, how: "adopted" } };
}

async function makeOne(
  { desk, memory, shards, log }: Parts,
  others: number,
): Promise<Got<Conduit & { readonly how: "made" }>> {
  const made = await desk.create(shards);
  if (made.is === "full")
    return {
      is: "full",
      problem: `this client id has ${others} conduits, as many as Twitch allows, and none of them is ours: another installation must give one up (${made.problem})`,
    };
  if (made.is !== "done") return made;
  // Remembered before it is used: one that is forgotten counts against the application for three days.
  remember(memory, KEY, made.value.id, log);
  return { is: "done", value: { ...made.value, how: "made" } };
}
