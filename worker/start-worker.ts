/** A worker from its papers to its last word: wherever it runs, and whoever it tells how it is. */
import { openCollapsedNames } from "../db/collapsed-names.ts";
import type { Clock } from "../shared/clock.ts";
import { defaultCrowdPapers, toScopeName } from "../shared/crowd/crowd-papers.ts";
import type { Home } from "../shared/home.ts";
import type { WorkerPapers } from "../shared/ipc/papers.ts";
import type { dialSocket } from "../shared/ipc/socket-client.ts";
import type { ChannelLogs } from "../shared/log.ts";
import { clearReadinessMarks, setReadinessMark } from "../shared/readiness-marks.ts";
import { makeChatLog } from "./chat-log.ts";
import type { MissedEvents } from "./direct/direct-desk.ts";
import { chooseEvents } from "./direct/open-direct-desk.ts";
import { findModules } from "./find-modules.ts";
import { openGameDesk } from "./games.ts";
import { hearEvents } from "./hear-events.ts";
import { makeHouse } from "./house.ts";
import { startHubDesk } from "./hub-desk.ts";
import { CHAT_TOPICS } from "./interfaces/eventsub-chat.ts";
import { type LiveSettings, startLiveSettings } from "./live-settings.ts";
import { makeModuleStore } from "./module-store.ts";
import { loadModuleFiles } from "./modules-folder.ts";
import { loadChat, type OpenedChat, openChat } from "./open-chat.ts";
import { openSettingsDesk } from "./open-settings-desk.ts";
import { type OpenLife, openWorkerLife } from "./open-worker-life.ts";
import { bindOutput } from "./output.ts";
import { type LateEnd, makeSendDesk } from "./outputs/chat/send-desk.ts";
import { chat as chatOutput } from "./outputs/chat.ts";
import { makePermitDesk } from "./permits/permit-desk.ts";
import { makePipeline } from "./pipeline.ts";
import { makeReadiness } from "./readiness.ts";
import type { EventSignal } from "./signal.ts";
import { makeStop, type Stop } from "./stop.ts";
import { makeConditionTeller } from "./tell-condition.ts";
import { makeWorkerCounters } from "./worker-counters.ts";

export interface WorkerSurroundings {
  readonly papers: WorkerPapers;
  readonly home: Home;
  readonly logs: ChannelLogs;
  readonly openLife: OpenLife;
  /** How the hub is reached; left out: by its socket. */
  readonly dialHub?: typeof dialSocket;
  /** Who looks for what a connection of the worker's own did not bring. */
  readonly missed?: MissedEvents;
  /** Called last, when everything is finished and closed. */
  readonly leave: () => void;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface StartedWorker {
  readonly stop: Stop;
  /** Resolves when it hears chat and events; rejects when it can't begin to live. */
  readonly begun: Promise<void>;
}

export function startWorker(around: WorkerSurroundings): StartedWorker {
  const stop = makeStop({ clock: around.clock, log: around.logs.instance, leave: around.leave });
  return { stop, begun: begin(around, stop) };
}

async function begin(around: WorkerSurroundings, stop: Stop): Promise<void> {
  const { papers, home, logs, clock, random } = around;
  const { channel } = papers;
  const log = logs.instance;
  const load = loadChat(papers.chat);

  const tell = makeConditionTeller({ life: () => life, has: (what) => readiness.has(what) });
  const onTrouble = (code: string, detail: string) => {
    tell.trouble(code, detail);
    // It may have closed a link, which nobody should learn from the next beat.
    life.beat();
  };
  const permits = makePermitDesk({
    spawnId: papers.spawnId,
    weight: papers.weight,
    clock,
    send: (message) => hub.send(message),
  });
  const hub = startHubDesk({
    path: home.hubSocket,
    ...(around.dialHub && { dial: around.dialHub }),
    papers,
    permits: permits.hubSide,
    clock,
    random,
    log,
    onTrouble,
    onAway: tell.hubAway,
    onGrantsMissing: tell.grantsMissing,
    onTopicsWait: tell.topicsWait,
    onReauthOver: () => chat?.reauthOver(),
    onChatLink: () => chat?.look(),
    onOpenOrClosed() {
      if (hub.isOpen()) tell.hubWelcome();
      chat?.look();
      life.beat();
    },
  });
  const events = chooseEvents(hub, papers.eventsub, {
    clock,
    random,
    log,
    onTrouble,
    onTopicsWait: tell.topicsWait,
    missed: around.missed,
  });
  stop.releases(events.stop);
  stop.releases(permits.stop);
  let chat: OpenedChat | undefined;
  let live: LiveSettings | undefined;
  const counters = makeWorkerCounters({
    chatBy: papers.chat.transport,
    isHubOpen: hub.isOpen,
    isChatOpen: () => chat?.isOpen() ?? false,
  });
  const own = openWorkerLife({
    open: around.openLife,
    logs,
    counters: counters.now,
    onTrouble,
    onPleaseStop: stop.now,
    onSettings: (settings) => void live?.take(settings),
    clock,
  });
  const { life } = own;
  stop.releases(own.stop);
  clearReadinessMarks(home.pids, channel);
  setReadinessMark(home.pids, channel, "starting");
  stop.releases(() => clearReadinessMarks(home.pids, channel));
  const readiness = makeReadiness((stage) => {
    setReadinessMark(home.pids, channel, stage);
    life.reach(stage);
  });

  const modules = findModules(await loadModuleFiles());
  const { channelId, channelName, bot } = await hub.firstWelcome;

  const store = makeModuleStore(home.database, channel);
  stop.releases(store.close);
  const scope = toScopeName(papers.crowdScope ?? defaultCrowdPapers.scope, channelId);
  const settled = openCollapsedNames({ file: home.database, scope, domain: "game" });
  stop.releases(settled.close);
  const games = openGameDesk({ home, hub, findCollapsed: settled.find, clock, log });
  stop.releases(games.close);
  const house = makeHouse({
    modules: () => (live?.awake() ?? []).map((one) => one.definition),
    settings: openSettingsDesk({ home, channel, channelId, scope, modules, live: () => live, life, log }),
    hub,
    counters,
    usage: own.usage.now,
    pssKb: own.pssKb,
    alerts: own.alerts,
    games,
    clock,
  });
  const room = {
    channel: { id: channelId, login: channel, name: channelName },
    bot: { login: bot.login },
    clock,
    house,
    stopping: stop.signal,
  };
  const settings = await startLiveSettings({
    settings: papers,
    modules,
    room,
    log,
    onTrouble,
    onChanged: () => wantTopics(),
  });
  live = settings;
  stop.releases(settings.stop);
  const isAskedFor = ({ body }: EventSignal) => settings.registry.hasListeners(body.topic);

  const chatLog = makeChatLog(logs.chat);
  const accountLate = (late: LateEnd) => logs.commands.info(late, "accounted late");
  const desk = makeSendDesk({ permits, chatLog, accountLate, clock, log });
  stop.releases(desk.stop);
  const pipeline = makePipeline({
    settings,
    store,
    outputs: [bindOutput(chatOutput, desk)],
    counters,
    clock,
    log,
    chatLog,
    commandLog: logs.commands,
    stopping: stop.signal,
  });
  const door = await openChat({
    load,
    papers,
    channelId,
    channelName,
    bot,
    hub,
    permits,
    clock,
    random,
    log,
    voice: desk.listener,
    tell,
    bringIn: (message) => void pipeline.bringIn(message),
    bringInEvent: (signal) => void (isAskedFor(signal) && pipeline.bringIn(signal)),
    onJoined() {
      tell.chatJoined();
      readiness.chatJoined();
      life.beat();
    },
    onTrouble,
  });
  chat = door;
  stop.releases(door.stop);
  events.takeEvents(hearEvents({ channelId, door, isAskedFor, bringIn: pipeline.bringIn, clock }));
  const chatTopics = papers.chat.transport === "eventsub" ? CHAT_TOPICS : [];
  const wantTopics = () =>
    events.wantTopics([...new Set([...settings.registry.topics(), ...chatTopics])], () => {
      tell.topicsSettled();
      readiness.topicsSettled();
    });
  wantTopics();
  const hearNothingNew = () => {
    door.stopListening();
    events.holdEvents();
  };
  stop.finishes({
    hearNothingNew,
    settled: pipeline.settled,
    dropRest: desk.stop,
    answered: desk.answered,
  });
}
