/** The hub's side of the talk with one worker: it proves who it is, and is then served by whoever does the work. */
import type { Clock } from "../shared/clock.ts";
import { type Login, workerChildId } from "../shared/ids.ts";
import { childIdentity, type HouseKey, isCredential } from "../shared/ipc/house-key.ts";
import { type HubToWorker, WorkerToHub } from "../shared/ipc/hub-worker.ts";
import { HOUSE_PULSE, type Link, openLink } from "../shared/ipc/link.ts";
import type { Wire } from "../shared/ipc/wire.ts";
import type { Logger } from "../shared/log.ts";
import type { Topic } from "../shared/twitch/topics.ts";
import { isPermitRequest, type PermitRequest, type Permits } from "./permits/permits.ts";

type Hello = Extract<WorkerToHub, { kind: "hello" }>;
export type WorkerMessage = Exclude<WorkerToHub, { kind: "hello" } | PermitRequest>;

/** What the hub does for one worker that is here. */
export interface WorkerPlace {
  wantTopics(topics: readonly Topic[]): void;
  received(seq: number): void;
  ask(request: Extract<WorkerMessage, { kind: "request" }>): void;
  gameHits(hits: Extract<WorkerMessage, { kind: "game-hits" }>): void;
  left(): void;
}

export interface WorkerDuties {
  /** A worker with a right credential; undefined: this channel can't be served now, and `link` was told why. */
  readonly welcome: (hello: Hello, link: Link<HubToWorker>) => Promise<WorkerPlace | undefined>;
  /** Served from the hello on, also while Twitch can't be asked who somebody is. */
  readonly permits: Pick<Permits, "greet" | "hear" | "left">;
}

export interface WorkerDesk {
  readonly houseKey: HouseKey;
  readonly clock: Clock;
  readonly log: Logger;
  readonly duties: WorkerDuties;
}

/** Also where there is no socket: a worker in the hub's own process. */
export function talkWithWorker(wire: Wire, { clock, log, houseKey, duties }: WorkerDesk): void {
  let place: WorkerPlace | undefined;
  /** What a worker says while we still look up its channel; a handful at most, then it is nonsense. */
  let early: WorkerMessage[] | undefined;
  let channel: Login | undefined;

  const greet = async (hello: Hello, link: Link<HubToWorker>) => {
    if (!isItself(houseKey, hello)) {
      log.warn(
        { child: hello.childId, channel: hello.channel },
        "a worker with a wrong credential was refused",
      );
      return link.close("wrong credential");
    }
    early = [];
    channel = hello.channel;
    duties.permits.greet(hello.channel, link, hello);
    void link.closed.then(() => duties.permits.left(hello.channel, link));
    const welcomed = await duties.welcome(hello, link);
    const waiting = early ?? [];
    early = undefined;
    place = welcomed;
    if (!welcomed) return;
    void link.closed.then(() => welcomed.left());
    for (const message of waiting) handle(welcomed, message);
  };

  openLink<WorkerToHub, HubToWorker>(wire, WorkerToHub, {
    clock,
    log,
    pulse: HOUSE_PULSE,
    onMessage(message, link) {
      if (message.kind === "hello") {
        if (place || early) return link.close("hello was said already");
        void greet(message, link);
        return;
      }
      if (isPermitRequest(message)) {
        if (channel === undefined) return link.close("say hello first");
        return duties.permits.hear(channel, link, message);
      }
      if (place) return handle(place, message);
      if (early && early.length < EARLY_MAX) early.push(message);
      else link.close("say hello first");
    },
  });
}

const EARLY_MAX = 16;

function handle(place: WorkerPlace, message: WorkerMessage): void {
  switch (message.kind) {
    case "want-topics":
      return place.wantTopics(message.topics);
    case "event-received":
      return place.received(message.seq);
    case "request":
      return place.ask(message);
    case "game-hits":
      return place.gameHits(message);
  }
}

/** A worker may speak for its own channel only: its id names it, its credential proves the id. */
function isItself(houseKey: HouseKey, hello: Hello): boolean {
  const identity = childIdentity(hello.childId, hello.spawnId);
  return hello.childId === workerChildId(hello.channel) && isCredential(houseKey, identity, hello.credential);
}
