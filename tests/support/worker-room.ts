/**
 * A worker without processes, sockets and time: the real pipeline, modules and send desk, between a chat and a hub
 * that live in memory.
 */
import * as v from "valibot";
import { ChannelId, Login, UserId } from "../../shared/ids.ts";
import type { Question } from "../../shared/ipc/hub-worker.ts";
import type { StreamEventBody } from "../../shared/twitch/stream-event.ts";
import { awakenModules, stopModules } from "../../worker/awaken-modules.ts";
import { makeChatLog } from "../../worker/chat-log.ts";
import { findModules } from "../../worker/find-modules.ts";
import { makeHouse } from "../../worker/house.ts";
import type { Asked, HubDesk, Welcome } from "../../worker/hub-desk.ts";
import type { AnyModule } from "../../worker/module.ts";
import { loadModuleFiles } from "../../worker/modules-folder.ts";
import type { Outcome } from "../../worker/outcome.ts";
import { bindOutput } from "../../worker/output.ts";
import { makeRecentSends } from "../../worker/outputs/chat/recent-sends.ts";
import { makeSendDesk } from "../../worker/outputs/chat/send-desk.ts";
import { makeSendPermits } from "../../worker/outputs/chat/send-permits.ts";
import type { Standing } from "../../worker/outputs/chat/voice.ts";
import { chat as chatOutput } from "../../worker/outputs/chat.ts";
import type { ClaimStore } from "../../worker/pipeline/say-once.ts";
import { makePipeline } from "../../worker/pipeline.ts";
import { type AwakeModule, makeRegistry } from "../../worker/registry.ts";
import type { ChatMessage, Rank } from "../../worker/signal.ts";
import { makeWorkerCounters } from "../../worker/worker-counters.ts";
import type { FakeClock } from "./fake-clock.ts";
import { makeTestLog } from "./test-log.ts";

export const channelId = v.parse(ChannelId, "100");
export const channel = v.parse(Login, "streamer");
const botId = v.parse(UserId, "900");
const botLogin = v.parse(Login, "kissbot");

/** Twitch's and the hub's side of the room, to be turned by the test. */
export interface Surroundings {
  standing: Standing;
  isHubAway: boolean;
  /** How long the hub lets a message wait. */
  permitWaitMs: number;
  /** The msg-id Twitch refuses the next message with. */
  refuseNext: string | undefined;
  /** Twitch neither shows nor refuses what is said. */
  isTwitchSilent: boolean;
  /** What the process has too much of. */
  alerts: string[];
}

export const calmSurroundings = (): Surroundings => ({
  standing: "moderator",
  isHubAway: false,
  permitWaitMs: 0,
  refuseNext: undefined,
  isTwitchSilent: false,
  alerts: [],
});

export interface Said {
  readonly id: string;
  readonly login: string;
  readonly text: string;
  readonly rank?: Rank;
  readonly isFromSharedChat?: boolean;
}

export type WorkerRoom = Awaited<ReturnType<typeof openWorkerRoom>>;

export async function openWorkerRoom(using: {
  readonly clock: FakeClock;
  readonly surroundings: Surroundings;
  readonly prefix: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly modules: readonly AnyModule[];
  /** What modules have claimed: handed on to the next room, it is what survives a restart. */
  readonly claims: Set<string>;
}) {
  const { clock, surroundings } = using;
  const { log, lines } = makeTestLog();
  const { log: chat, lines: chatLines } = makeTestLog();
  const chatLog = makeChatLog(chat);
  const written: string[] = [];
  const troubles: string[] = [];
  const counters = makeWorkerCounters({ isHubOpen: () => !surroundings.isHubAway, isChatOpen: () => true });
  const hub = memoryHub(surroundings);
  const modules = [...findModules(await loadModuleFiles()), ...using.modules];
  let awake: readonly AwakeModule[] = [];
  const house = makeHouse({
    modules: () => awake.map((one) => one.definition),
    hub,
    counters,
    usage: () => ({ lagMs: 3, lagP99Ms: 1, cpuPercent: 0.25, heapKb: 8_000, rssKb: 70_000, handles: 5 }),
    pssKb: () => 21 * 1_024,
    alerts: () => surroundings.alerts,
    clock,
  });
  const stopping = new AbortController();
  awake = await awakenModules({
    modules,
    settings: using.settings,
    room: {
      channel: { id: channelId, login: channel, name: "Streamer" },
      bot: { login: botLogin },
      prefix: using.prefix,
      clock,
      house,
      stopping: stopping.signal,
    },
    log,
    onTrouble: (code, detail) => troubles.push(`${code}: ${detail}`),
  });
  const desk = makeSendDesk({
    permits: makeSendPermits({ hub, sends: makeRecentSends(clock), clock }),
    chatLog,
    clock,
    log,
  });
  const voice = {
    say(text: string, nonce: string) {
      written.push(text);
      queueMicrotask(() => answerLikeTwitch(surroundings, nonce, desk.listener));
      return "written" as const;
    },
  };
  desk.listener.standing(surroundings.standing);
  desk.listener.opened(voice);
  const pipeline = makePipeline({
    registry: makeRegistry(awake),
    store: memoryStore(using.claims),
    outputs: [bindOutput(chatOutput, desk)],
    prefix: using.prefix,
    counters,
    clock,
    log,
    chatLog,
    commandLog: log,
    stopping: stopping.signal,
  });

  return {
    lines,
    /** What stands in chat.log. */
    chatLines,
    /** What went out to chat, in order. */
    written,
    troubles,
    counters,
    registry: makeRegistry(awake),
    say: (said: Said): Promise<Outcome> => pipeline.bringIn(toMessage(said, clock)),
    event: (id: string, body: StreamEventBody): Promise<Outcome> =>
      pipeline.bringIn({
        kind: "stream-event",
        id,
        channelId,
        at: clock.wall(),
        arrivedAt: clock.now(),
        body,
      }),
    loseVoice: () => desk.listener.closed(),
    findVoice: () => desk.listener.opened(voice),
    slowMode: (seconds: number) => desk.listener.slowMode(seconds * 1_000),
    async close() {
      stopping.abort();
      desk.stop();
      await pipeline.settled();
      await stopModules(awake, log);
    },
  };
}

function toMessage(said: Said, clock: FakeClock): ChatMessage {
  const isOwnVoice = said.login === botLogin;
  return {
    kind: "chat-message",
    id: said.id,
    channelId,
    at: clock.wall(),
    arrivedAt: clock.now(),
    text: said.text,
    user: {
      id: isOwnVoice ? botId : userIdOf(said.login),
      login: v.parse(Login, said.login),
      displayName: said.login,
    },
    rank: said.rank ?? "everyone",
    isOwnVoice,
    isFromSharedChat: said.isFromSharedChat ?? false,
  };
}

/** Any number will do, as long as each login has its own. */
function userIdOf(login: string): UserId {
  const digits = [...login].map((letter) => letter.charCodeAt(0)).join("");
  return v.parse(UserId, digits.slice(0, 20));
}

function answerLikeTwitch(
  surroundings: Surroundings,
  nonce: string,
  listener: { echoed(nonce: string): void; refused(code: string): void },
) {
  const { refuseNext } = surroundings;
  surroundings.refuseNext = undefined;
  if (surroundings.isTwitchSilent) return;
  if (refuseNext === undefined) listener.echoed(nonce);
  else listener.refused(refuseNext);
}

function memoryStore(claims: Set<string>): ClaimStore {
  const name = (module: string, key: string) => `${module} ${key}`;
  return {
    isClaimed: async (module, key) => claims.has(name(module, key)),
    claim: async (module, key) => claims.add(name(module, key)),
    release: async (module, key) => void claims.delete(name(module, key)),
  };
}

function memoryHub(surroundings: Surroundings): Pick<HubDesk, "ask" | "welcome"> {
  const welcome: Welcome = {
    kind: "welcome",
    version: 1,
    epoch: "e",
    channelId,
    channelName: "Streamer",
    bot: { userId: botId, login: botLogin },
    awayBudget: { count: 4, windowMs: 30_000 },
  };
  return {
    welcome: () => welcome,
    async ask<Q extends Question>(question: Q): Promise<Asked<Q>> {
      if (surroundings.isHubAway) return { is: "away" };
      const replies = {
        "chat-permit": { about: "chat-permit", waitMs: surroundings.permitWaitMs },
        channel: {
          about: "channel",
          title: "Speedrun night",
          categoryName: "Celeste",
          live: { streamId: "s1", startedAt: "2026-01-01T00:00:00Z", viewers: 12 },
        },
        "chat-token": { about: "chat-token", accessToken: "t", userId: botId, login: botLogin, scopes: [] },
      } as const;
      return { is: "answered", reply: replies[question.about] as never };
    },
  };
}
