/**
 * A worker without processes, sockets and time: the real pipeline, modules and send desk, between a chat and a hub
 * that live in memory.
 */
import * as v from "valibot";
import { ModuleSettings } from "../../shared/config/modules.ts";
import type { WorkerSettings } from "../../shared/config/own-settings.ts";
import { ChannelId, Login, UserId } from "../../shared/ids.ts";
import type { CrowdReply, CrowdWish } from "../../shared/ipc/crowd-words.ts";
import { HUB_WORKER_VERSION, type Question, type SayEnd } from "../../shared/ipc/hub-worker.ts";
import type { ChannelEventBody } from "../../shared/twitch/channel-event.ts";
import { parseEvent } from "../../shared/twitch/parse-event.ts";
import { makeChatLog } from "../../worker/chat-log.ts";
import { findModules } from "../../worker/find-modules.ts";
import { makeHouse } from "../../worker/house.ts";
import type { Asked, HubDesk, Welcome } from "../../worker/hub-desk.ts";
import { toChatMessage } from "../../worker/interfaces/eventsub-chat.ts";
import { type LiveSettings, startLiveSettings } from "../../worker/live-settings.ts";
import type { AnyModule } from "../../worker/module.ts";
import { loadModuleFiles } from "../../worker/modules-folder.ts";
import type { Outcome } from "../../worker/outcome.ts";
import { bindOutput } from "../../worker/output.ts";
import { makeHelixVoice } from "../../worker/outputs/chat/helix-voice.ts";
import { RECEIPT_WITHIN_MS } from "../../worker/outputs/chat/receipts.ts";
import { makeSendDesk } from "../../worker/outputs/chat/send-desk.ts";
import type { Standing } from "../../worker/outputs/chat/voice.ts";
import { chat as chatOutput } from "../../worker/outputs/chat.ts";
import type { ClaimStore } from "../../worker/pipeline/say-once.ts";
import { makePipeline } from "../../worker/pipeline.ts";
import { makeSettingsDesk, type OpenedBook } from "../../worker/settings-desk.ts";
import type { ChatMessage, Door, Rank } from "../../worker/signal.ts";
import { makeWorkerCounters } from "../../worker/worker-counters.ts";
import { userIdOf } from "./event-line.ts";
import type { FakeClock } from "./fake-clock.ts";
import { memoryGames } from "./memory-games.ts";
import { openMemoryPermits } from "./memory-permits.ts";
import { makeTestLog } from "./test-log.ts";
import { twitchEvents } from "./twitch-events.ts";

export const channelId = v.parse(ChannelId, "100");
export const channel = v.parse(Login, "streamer");
const botId = v.parse(UserId, "900");
const botLogin = v.parse(Login, "kissbot");

/** Twitch's and the hub's side of the room, to be turned by the test. */
export interface Surroundings {
  standing: Standing;
  isHubAway: boolean;
  /** The hub is there, but what it asks Twitch for fails. */
  isHelixAway: boolean;
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
  isHelixAway: false,
  permitWaitMs: 0,
  refuseNext: undefined,
  isTwitchSilent: false,
  alerts: [],
});

export type ChatDoorName = "irc" | "eventsub";

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
  /** How chat comes in and goes out; left out: over IRC. */
  readonly by?: ChatDoorName;
  /** Where changes from chat are written down; left out: nowhere, as with a database that can't be opened. */
  readonly openBook?: () => Promise<OpenedBook>;
  /** What the hub answers of the crowd's knowledge; left out: nothing. */
  readonly askCrowd?: (wish: CrowdWish) => Promise<CrowdReply>;
}) {
  const { clock, surroundings, by = "irc" } = using;
  const { log, lines } = makeTestLog();
  const { log: chat, lines: chatLines } = makeTestLog();
  const chatLog = makeChatLog(chat);
  const written: string[] = [];
  const troubles: string[] = [];
  const counters = makeWorkerCounters({
    chatBy: "irc",
    isHubOpen: () => !surroundings.isHubAway,
    isChatOpen: () => true,
  });
  const hub = memoryHub(surroundings, using.askCrowd);
  const modules = [...findModules(await loadModuleFiles()), ...using.modules];
  let live: LiveSettings | undefined;
  const take = (settings: WorkerSettings) => live?.take(settings) ?? Promise.resolve();
  const configured: WorkerSettings = {
    prefix: using.prefix,
    modules: v.parse(ModuleSettings, using.settings),
    own: {},
    revision: 0,
  };
  const house = makeHouse({
    modules: () => (live?.awake() ?? []).map((one) => one.definition),
    settings: makeSettingsDesk({
      channel,
      modules,
      openBook: using.openBook ?? refuseBook,
      now: () => live?.now() ?? configured,
      take,
      tellSupervisor() {},
      log,
    }),
    hub,
    counters,
    usage: () => ({ lagMs: 3, lagP99Ms: 1, cpuPercent: 0.25, heapKb: 8_000, rssKb: 70_000, handles: 5 }),
    pssKb: () => 21 * 1_024,
    alerts: () => surroundings.alerts,
    games: memoryGames(surroundings),
    clock,
  });
  const stopping = new AbortController();
  const settings = await startLiveSettings({
    modules,
    settings: configured,
    onChanged() {},
    room: {
      channel: { id: channelId, login: channel, name: "Streamer" },
      bot: { login: botLogin },
      clock,
      house,
      stopping: stopping.signal,
    },
    log,
    onTrouble: (code, detail) => troubles.push(`${code}: ${detail}`),
  });
  live = settings;
  const permits = openMemoryPermits(clock, surroundings);
  const desk = makeSendDesk({ permits: permits.desk, chatLog, accountLate: () => {}, clock, log });
  const ircVoice = {
    say(text: string, nonce: string) {
      written.push(text);
      queueMicrotask(() => answerLikeTwitch(surroundings, nonce, desk.listener));
      return "written" as const;
    },
  };
  const helix = {
    isOpen: () => true,
    async ask<Q extends Question>(question: Q): Promise<Asked<Q>> {
      if (question.about !== "say") return { is: "away" };
      written.push(question.text);
      const end = await answerLikeHelix(surroundings, clock);
      return { is: "answered", reply: { about: "say", end } as never };
    },
  };
  const voice = by === "irc" ? ircVoice : makeHelixVoice(helix, desk.listener);
  desk.listener.standing(surroundings.standing);
  desk.listener.opened(voice);
  const pipeline = makePipeline({
    settings,
    store: memoryStore(using.claims),
    outputs: [bindOutput(chatOutput, desk)],
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
    registry: settings.registry,
    /** As the supervisor would tell of them. */
    takeSettings: (given: Partial<WorkerSettings>) => settings.take({ ...settings.now(), ...given }),
    awake: settings.awake,
    say: (said: Said): Promise<Outcome> =>
      pipeline.bringIn(by === "irc" ? toMessage(said, clock) : throughEventSub(said, clock)),
    event: (id: string, body: ChannelEventBody, door: Door = "eventsub"): Promise<Outcome> =>
      pipeline.bringIn({
        kind: "channel-event",
        door,
        id,
        channelId,
        at: clock.wall(),
        arrivedAt: clock.now(),
        body,
      }),
    loseVoice: () => desk.listener.closed(),
    findVoice: () => desk.listener.opened(voice),
    /** The surroundings have changed. */
    lookForHub: permits.look,
    slowMode: (seconds: number) => desk.listener.slowMode(seconds * 1_000),
    async close() {
      stopping.abort();
      desk.stop();
      await pipeline.settled();
      permits.close();
      await settings.stop();
    },
  };
}

const refuseBook = () => Promise.reject(new Error("there is no database here"));

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

const BADGES: Readonly<Record<Rank, string | undefined>> = {
  everyone: undefined,
  subscriber: "subscriber",
  vip: "vip",
  moderator: "moderator",
  broadcaster: "broadcaster",
};

/** The same line as Twitch puts it into an event, through the hub's parser and the worker's. */
function throughEventSub(said: Said, clock: FakeClock): ChatMessage {
  const as = toMessage(said, clock);
  const badge = BADGES[as.rank];
  const parsed = parseEvent("channel.chat.message", {
    ...twitchEvents["channel.chat.message"],
    chatter_user_id: as.user.id,
    chatter_user_login: as.user.login,
    chatter_user_name: as.user.displayName,
    message_id: as.id,
    message: { text: as.text },
    badges: badge ? [{ set_id: badge, id: "1", info: "" }] : [],
    source_broadcaster_user_id: as.isFromSharedChat ? "777" : null,
  });
  if (parsed.is !== "event" || parsed.body.topic !== "channel.chat.message")
    throw new Error("no line of chat");
  const { at, arrivedAt } = as;
  const message = toChatMessage(parsed.body, { channelId, botId, at, arrivedAt, wall: at });
  if (!message) throw new Error("a line that the worker does not take");
  return message;
}

/** Silence: the hub's patience with Twitch ends. */
async function answerLikeHelix(surroundings: Surroundings, clock: FakeClock): Promise<SayEnd> {
  const { refuseNext } = surroundings;
  surroundings.refuseNext = undefined;
  if (surroundings.isTwitchSilent) {
    await new Promise<void>((resolve) => void clock.after(RECEIPT_WITHIN_MS, resolve));
    return { is: "unknown" };
  }
  return refuseNext === undefined ? { is: "sent" } : { is: "dropped", because: refuseNext };
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

function memoryHub(
  surroundings: Surroundings,
  askCrowd?: (wish: CrowdWish) => Promise<CrowdReply>,
): Pick<HubDesk, "ask" | "welcome"> {
  const welcome: Welcome = {
    kind: "welcome",
    version: HUB_WORKER_VERSION,
    epoch: "e",
    channelId,
    channelName: "Streamer",
    bot: { userId: botId, login: botLogin },
  };
  return {
    welcome: () => welcome,
    async ask<Q extends Question>(question: Q): Promise<Asked<Q>> {
      if (surroundings.isHubAway) return { is: "away" };
      if (surroundings.isHelixAway) return { is: "refused", code: "twitch-away", detail: "Twitch is away" };
      const replies = {
        channel: {
          about: "channel",
          title: "Speedrun night",
          categoryId: "492973",
          categoryName: "Celeste",
          live: { streamId: "s1", startedAt: "2026-01-01T00:00:00Z", viewers: 12 },
        },
        "chat-token": { about: "chat-token", accessToken: "t", userId: botId, login: botLogin, scopes: [] },
      } as const;
      if (question.about === "crowd" && askCrowd)
        return { is: "answered", reply: { about: "crowd", reply: await askCrowd(question.wish) } as never };
      if (question.about === "say" || question.about === "game" || question.about === "crowd")
        return { is: "away" };
      return { is: "answered", reply: replies[question.about] as never };
    },
  };
}
