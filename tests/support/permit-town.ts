/**
 * A hub's permits and its workers' desks, the real ones, with links, deaths and time in between that a test can
 * turn; and a Twitch that only counts. Its rules are written out here: no code of the house proves itself.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPermitJournal } from "../../hub/permits/permit-journal.ts";
import { makePermits, type Permits } from "../../hub/permits/permits.ts";
import type { HubToWorker, WorkerToHub } from "../../shared/ipc/hub-worker.ts";
import type { Lane, Standing } from "../../shared/ipc/permit-words.ts";
import { makeLoginPermits } from "../../worker/interfaces/twitch-chat/login-permits.ts";
import type { Delivery } from "../../worker/output.ts";
import { makeSendDesk } from "../../worker/outputs/chat/send-desk.ts";
import type { Voice } from "../../worker/outputs/chat/voice.ts";
import { makePermitDesk } from "../../worker/permits/permit-desk.ts";
import { silentLog } from "./silent-log.ts";
import { makeSteppedTime } from "./stepped-time.ts";

/** From a worker's hand to Twitch's, or to the hub that posts: what the permits reckon with, and a little less. */
const TO_TWITCH_MS_MAX = 450;
/** An answer of Helix's as a rule, and how often it takes longer. */
const QUICK_MS = 300;
const SLOW_SHARE = 0.2;

export interface TownWish {
  readonly isVerified: boolean;
  readonly channels: readonly TownChannel[];
  readonly random: () => number;
  /** The longest a message between two processes takes. */
  readonly ipcMs: number;
  /** How much longer one line takes to Twitch than another, at most. */
  readonly jitterMs: number;
  /** The longest a message by Helix takes, from the hub's hand to its answer. */
  readonly helixMs?: number;
}
export interface TownChannel {
  readonly standing: Standing;
  readonly weight?: number;
  readonly speaksBy?: "irc" | "helix";
}

interface Counted {
  readonly at: number;
  readonly channel: number;
  readonly asViewer: boolean;
}
export type TwitchKind = "auth" | "join" | "send";

/** dev.twitch.tv/docs/chat: windows that slide, for the whole account. */
function makeTwitch(isVerified: boolean) {
  const counted: Record<TwitchKind, Counted[]> = { auth: [], join: [], send: [] };
  const refused: string[] = [];
  const most = (kind: TwitchKind, asViewer: boolean) => {
    if (kind === "auth") return isVerified ? 200 : 20;
    if (kind === "join") return isVerified ? 2_000 : 20;
    if (isVerified) return 7_500;
    return asViewer ? 20 : 100;
  };
  return {
    counted,
    refused,
    take(kind: TwitchKind, one: Counted) {
      const windowMs = kind === "send" ? 30_000 : 10_000;
      const inWindow = counted[kind].filter(({ at }) => at > one.at - windowMs).length;
      if (inWindow >= most(kind, one.asViewer)) refused.push(`${kind} of ${one.channel} at ${one.at}`);
      counted[kind].push(one);
    },
  };
}

interface LiveHub {
  readonly permits: Permits;
  readonly links: Map<number, Link>;
  kill(): void;
}
interface Link {
  readonly toWorker: (message: HubToWorker) => "sent" | "closed";
  readonly toHub: (message: WorkerToHub) => "sent" | "closed";
  /** By Helix. */
  readonly say: (asViewer: boolean, onAnswer: () => void) => "sent" | "closed";
  /** Both ends hear of it. */
  cut(loseLast: boolean): void;
}

export function openPermitTown(wish: TownWish) {
  const { random } = wish;
  const time = makeSteppedTime();
  const twitch = makeTwitch(wish.isVerified);
  const folder = mkdtempSync(join(tmpdir(), "kissbot-permits-"));
  const machine = { bootId: "boot", upMs: () => time.now() };
  const names = wish.channels.map((_, index) => `channel_${index}`);
  let hub: LiveHub | undefined;
  let epochs = 0;
  let spawns = 0;
  const stats = { messages: 0 };

  const startHub = () => {
    const { clock, kill } = time.startClock();
    const journal = openPermitJournal({
      files: [join(folder, "a"), join(folder, "b")],
      machine,
      onTrouble: (problem) => {
        throw new Error(problem ?? "over");
      },
    });
    epochs += 1;
    const epoch = `epoch-${String(epochs).padStart(4, "0")}`.slice(-8);
    const permits = makePermits({
      isVerified: wish.isVerified,
      epoch,
      channels: names,
      journal,
      machine,
      clock,
    });
    permits.keepOnly(names);
    const links = new Map<number, Link>();
    hub = {
      permits,
      links,
      kill() {
        kill();
        hub = undefined;
        for (const link of [...links.values()]) link.cut(random() < 0.5);
      },
    };
  };

  /** In order; what one end wrote before the cut still arrives, unless it was not written yet after all. */
  const connect = (index: number, ends: { hear(message: HubToWorker): void; lost(): void }): Link => {
    const to = hub;
    if (!to) throw new Error("nobody there");
    let isCut = false;
    let lastAt = { worker: 0, hub: 0 };
    const post = (end: "worker" | "hub", call: () => void) => {
      const at = Math.max(lastAt[end], time.now() + random() * wish.ipcMs);
      lastAt = { ...lastAt, [end]: at };
      return time.after(at - time.now(), call);
    };
    let lastToWorker = () => {};
    const name = names[index] ?? "";
    const link: Link = {
      toWorker(message) {
        if (isCut) return "closed";
        stats.messages += 1;
        const copy = structuredClone(message);
        lastToWorker = post("worker", () => ends.hear(copy));
        return "sent";
      },
      toHub(message) {
        if (isCut) return "closed";
        stats.messages += 1;
        const copy = structuredClone(message);
        post("hub", () => hearFromWorker(to, name, link, copy));
        return "sent";
      },
      say(asViewer, onAnswer) {
        if (isCut) return "closed";
        const answer = () => void (isCut || post("worker", onAnswer));
        time.after(random() * Math.min(wish.ipcMs, TO_TWITCH_MS_MAX), () =>
          postAtTwitch(to, index, asViewer, answer),
        );
        return "sent";
      },
      cut(loseLast) {
        if (isCut) return;
        isCut = true;
        if (loseLast) lastToWorker();
        to.links.delete(index);
        post("worker", ends.lost);
        post("hub", () => {
          if (hub === to) to.permits.left(name, permitLinks.get(link) ?? { send: () => "closed" });
        });
      },
    };
    const permitLink = { send: link.toWorker };
    permitLinks.set(link, permitLink);
    to.links.set(index, link);
    return link;
  };
  /** Twitch may count it at any moment before its answer; it breaks off with its hub. */
  const postAtTwitch = (to: LiveHub, channel: number, asViewer: boolean, answer: () => void) => {
    if (hub !== to) return;
    const answered = to.permits.posts(names[channel] ?? "");
    const takesMs = random() * (random() < SLOW_SHARE ? (wish.helixMs ?? QUICK_MS) : QUICK_MS);
    time.after(random() * takesMs, () => {
      if (hub === to) twitch.take("send", { at: time.now(), channel, asViewer });
    });
    time.after(takesMs, () => {
      if (hub !== to) return;
      answered();
      answer();
    });
  };
  const permitLinks = new Map<Link, { send: Link["toWorker"] }>();
  const hearFromWorker = (to: LiveHub, name: string, link: Link, message: WorkerToHub) => {
    const permitLink = permitLinks.get(link);
    if (hub !== to || !permitLink) return;
    if (message.kind === "hello") return to.permits.greet(name, permitLink, message);
    if (
      message.kind === "permit-wish" ||
      message.kind === "permit-unwish" ||
      message.kind === "permits-used" ||
      message.kind === "chat-place"
    )
      to.permits.hear(name, permitLink, message);
  };

  const startWorker = (index: number) => {
    const own = wish.channels[index];
    if (!own) throw new Error(`no channel ${index}`);
    const { clock, kill, freeze, whenAwake } = time.startClock();
    const spawnId = `spawn${String(spawns++).padStart(4, "0")}`;
    let link: Link | undefined;
    let isAlive = true;
    let isWelcome = false;
    const underWay = new Set<string>();
    const permits = makePermitDesk({
      spawnId: spawnId.slice(-8),
      weight: own.weight ?? 1,
      clock,
      send: (message) => link?.toHub(message) ?? "closed",
    });
    const { hubSide } = permits;
    const dial = () => {
      if (!isAlive) return;
      const beganAt = clock.now();
      if (!hub) {
        hubSide.dialled("nobody", beganAt);
        rest();
        return;
      }
      hubSide.dialled("perhaps-somebody", beganAt);
      link = connect(index, {
        hear: (message) =>
          whenAwake(() => {
            isWelcome = true;
            hubSide.hear(message as Parameters<typeof hubSide.hear>[0]);
          }),
        lost: () =>
          whenAwake(() => {
            link = undefined;
            isWelcome = false;
            hubSide.linkLost();
            for (const nonce of underWay) lose(nonce);
            rest();
          }),
      });
      link.toHub({ kind: "hello", ...hubSide.hello() } as unknown as WorkerToHub);
    };
    /** As lasting-link.ts rests: from 60 ms to 5 s. */
    const rest = () => void clock.after(60 + random() * 4_940, dial);
    dial();

    const desk = makeSendDesk({
      permits,
      chatLog: { said() {} },
      accountLate: () => {},
      clock,
      log: silentLog,
    });
    const asViewer = own.standing === "viewer";
    const toTwitch = (kind: TwitchKind, then: () => void) => {
      time.after(random() * wish.jitterMs, () => {
        twitch.take(kind, { at: time.now(), channel: index, asViewer });
        then();
      });
    };
    const lose = (nonce: string) => {
      if (underWay.delete(nonce)) desk.listener.unanswered(nonce);
    };
    /** As helix-voice.ts. */
    const byHelix: Voice = {
      isOneAtATime: true,
      answersWithinMs: 26_000,
      say(_text, nonce) {
        const onAnswer = () =>
          whenAwake(() => {
            if (underWay.delete(nonce)) desk.listener.echoed(nonce);
          });
        if (!isWelcome || link?.say(asViewer, onAnswer) !== "sent") return "closed";
        underWay.add(nonce);
        clock.after(25_000, () => lose(nonce));
        return "written";
      },
    };
    const byIrc: Voice = {
      say(_text, nonce) {
        toTwitch("send", () => {
          if (isAlive) desk.listener.echoed(nonce);
        });
        return "written";
      },
    };
    desk.listener.standing(own.standing);
    desk.listener.opened(own.speaksBy === "helix" ? byHelix : byIrc);
    const askPermit = makeLoginPermits({ permits, clock });
    return {
      index,
      permits,
      send(text: string, lane: Lane, forMs: number): Promise<Delivery> {
        return new Promise((resolve) =>
          whenAwake(() => {
            const deadlineAt = clock.now() + forMs;
            void desk.send({ key: text, text, lane, deadlineAt, onWritten() {} }).then(resolve);
          }),
        );
      },
      freeze,
      logIn(kind: "auth" | "join") {
        void askPermit(kind, () => {}).permit.then((permit) => {
          if (permit.is !== "granted" || !isAlive) return;
          clock.after(random() * 1_500, () => toTwitch(kind, () => isAlive && permit.done()));
        });
      },
      cut: () => link?.cut(false),
      kill() {
        isAlive = false;
        kill();
        link?.cut(false);
      },
    };
  };

  startHub();
  const workers = wish.channels.map((_, index) => startWorker(index));
  return {
    time,
    twitch,
    stats,
    workers,
    isHubThere: () => hub !== undefined,
    hub: () => {
      if (!hub) throw new Error("there is no hub");
      return hub.permits;
    },
    startHub() {
      if (!hub) startHub();
    },
    killHub: () => hub?.kill(),
    stopHub() {
      hub?.permits.stop();
      hub?.kill();
    },
    killWorker: (index: number) => workers[index]?.kill(),
    startWorker(index: number) {
      workers[index] = startWorker(index);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
