/** A worker as its hub sees it, in a few lines: says hello and its wish, keeps every event as it came, acknowledges it. */
import * as v from "valibot";
import { systemClock } from "../../shared/clock.ts";
import type { Home } from "../../shared/home.ts";
import { Login, workerChildId } from "../../shared/ids.ts";
import { childIdentity, type HouseKey, makeCredential } from "../../shared/ipc/house-key.ts";
import {
  HUB_WORKER_VERSION,
  type HubEvent,
  HubToWorker,
  type WorkerToHub,
} from "../../shared/ipc/hub-worker.ts";
import { HOUSE_PULSE, openLink } from "../../shared/ipc/link.ts";
import { dialSocket } from "../../shared/ipc/socket-client.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { silentLog } from "./silent-log.ts";

export interface ScriptedWorker {
  readonly events: readonly HubEvent[];
  readonly refused: readonly Extract<HubToWorker, { kind: "topic-refused" }>[];
  /** Resolves when every wish is enabled at Twitch, or was refused. */
  readonly settled: Promise<void>;
  want(topics: readonly Topic[]): void;
  close(): void;
}

const DIAL_WITHIN_MS = 5_000;
let spawns = 0;

export async function sendWorker(
  home: Home,
  houseKey: HouseKey,
  login: string,
  topics: readonly Topic[],
): Promise<ScriptedWorker> {
  const channel = v.parse(Login, login);
  const childId = workerChildId(channel);
  const spawnId = `scripted-${++spawns}`;
  const dialled = await dialSocket(home.hubSocket, DIAL_WITHIN_MS);
  if (dialled.is === "refused") throw new Error(dialled.problem);

  const events: HubEvent[] = [];
  const refused: Extract<HubToWorker, { kind: "topic-refused" }>[] = [];
  let isSettled = () => {};
  const settled = new Promise<void>((resolve) => {
    isSettled = resolve;
  });
  const link = openLink<HubToWorker, WorkerToHub>(dialled.wire, HubToWorker, {
    clock: systemClock,
    log: silentLog,
    pulse: HOUSE_PULSE,
    onMessage(message, to) {
      if (message.kind === "welcome") to.send({ kind: "want-topics", topics: [...topics] });
      if (message.kind === "topics-settled") isSettled();
      if (message.kind === "topic-refused") refused.push(message);
      if (message.kind !== "event") return;
      events.push(message);
      to.send({ kind: "event-received", seq: message.seq });
    },
  });
  link.send({
    kind: "hello",
    conversation: "hub-worker",
    version: HUB_WORKER_VERSION,
    childId,
    spawnId,
    credential: makeCredential(houseKey, childIdentity(childId, spawnId)),
    channel,
    uses: [],
    isFresh: true,
    weight: 1,
  });
  return {
    events,
    refused,
    settled,
    want: (wish) => void link.send({ kind: "want-topics", topics: [...wish] }),
    close: () => link.close("the test is over"),
  };
}
