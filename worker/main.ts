/** A worker: one channel's chat and events in, through the pipeline, answers out. It begins to live when the hub has told it whose channel it is. */
import { systemClock } from "../shared/clock.ts";
import { KissError } from "../shared/errors.ts";
import { channelLogFolder, findHome } from "../shared/home.ts";
import { startChildLife } from "../shared/ipc/child-life.ts";
import { readPapers, WorkerPapers } from "../shared/ipc/papers.ts";
import { type ChannelLogs, openChannelLogs } from "../shared/log.ts";
import { makeLossReport } from "../shared/loss-report.ts";
import { findPssKb } from "../shared/proc.ts";
import { clearReadinessMarks, setReadinessMark } from "../shared/readiness-marks.ts";
import { startSystemMonitor } from "../shared/system-monitor.ts";
import { startUsageWatch } from "../shared/usage-watch.ts";
import { awakenModules, stopModules } from "./awaken-modules.ts";
import { makeChatLog } from "./chat-log.ts";
import { chooseEvents } from "./direct/open-direct-desk.ts";
import { findModules } from "./find-modules.ts";
import { makeHouse } from "./house.ts";
import { startHubDesk } from "./hub-desk.ts";
import { CHAT_TOPICS } from "./interfaces/eventsub-chat.ts";
import { toEventSignals } from "./interfaces/hub-events.ts";
import { makeModuleStore } from "./module-store.ts";
import { loadModuleFiles } from "./modules-folder.ts";
import { loadChat, type OpenedChat, openChat } from "./open-chat.ts";
import { isLeftUndone } from "./outcome.ts";
import { bindOutput } from "./output.ts";
import { makeSendDesk } from "./outputs/chat/send-desk.ts";
import { chat as chatOutput } from "./outputs/chat.ts";
import { makePermitDesk } from "./permits/permit-desk.ts";
import { makePipeline } from "./pipeline.ts";
import { makeReadiness } from "./readiness.ts";
import { type AwakeModule, makeRegistry } from "./registry.ts";
import type { EventSignal } from "./signal.ts";
import { makeStop } from "./stop.ts";
import { makeConditionTeller } from "./tell-condition.ts";
import { makeWorkerCounters } from "./worker-counters.ts";

/** Sockets get this long to take leave; whoever does not answer is left behind. */
const LEAVE_WITHIN_MS = 300;

let channelLogs: ChannelLogs | undefined;
process.on("uncaughtException", (problem) => {
  channelLogs?.instance.fatal({ err: problem }, "this ends the process");
  process.stderr.write(`${problem.stack ?? problem.message}\n`);
  process.exit(problem instanceof KissError ? problem.exitCode : 1);
});
void main();

async function main(): Promise<void> {
  process.umask(0o077);
  const clock = systemClock;
  const random = Math.random;
  const papers = readPapers(WorkerPapers);
  const { channel, prefix } = papers;
  const load = loadChat(papers.chat);
  const home = findHome(process.env);
  const logs = openChannelLogs({
    folder: channelLogFolder(home, channel),
    level: papers.logLevel,
    bindings: { child: papers.childId, channel },
    keepsChat: papers.keepsChat,
  });
  channelLogs = logs;
  const log = logs.instance;
  log.info({ pid: process.pid }, "worker starts");
  const stop = makeStop({ clock, log, leave });
  process.on("SIGTERM", () => stop.now("SIGTERM"));
  process.on("SIGINT", () => stop.now("SIGINT"));

  const usage = startUsageWatch(clock);
  stop.releases(usage.stop);
  const beatUsage = usage.reader();
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
    papers,
    permits: permits.hubSide,
    clock,
    random,
    log,
    onTrouble,
    onAway: tell.hubAway,
    onGrantsMissing: tell.grantsMissing,
    onTopicsWait: tell.topicsWait,
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
  });
  stop.releases(events.stop);
  stop.releases(permits.stop);
  let chat: OpenedChat | undefined;
  const counters = makeWorkerCounters({
    isHubOpen: hub.isOpen,
    isChatOpen: () => chat?.isOpen() ?? false,
  });
  const life = startChildLife({
    path: home.supervisorSocket,
    papers,
    pid: process.pid,
    clock,
    random,
    log,
    usage: beatUsage.take,
    counters: counters.now,
    onPleaseStop: stop.now,
    onReopenLogs: logs.reopen,
  });
  stop.releases(life.stop);
  logs.onLoss(makeLossReport({ clock, tell: (detail) => onTrouble("log-lost", detail) }));
  const pssKb = () => findPssKb("self");
  const system = startSystemMonitor({
    clock,
    usage: usage.reader(),
    pssKb,
    log: logs.system,
    onAlert: onTrouble,
    onOver: (code) => life.condition.troubleEnds(code),
  });
  stop.releases(system.stop);
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
  let awake: readonly AwakeModule[] = [];
  const house = makeHouse({
    modules: () => awake.map((one) => one.definition),
    hub,
    counters,
    usage: beatUsage.now,
    pssKb,
    alerts: system.alerts,
    clock,
  });
  const room = {
    channel: { id: channelId, login: channel, name: channelName },
    bot: { login: bot.login },
    prefix,
    clock,
    house,
    stopping: stop.signal,
  };
  awake = await awakenModules({ modules, settings: papers.modules, room, log, onTrouble });
  stop.releases(() => stopModules(awake, log));
  const registry = makeRegistry(awake);
  const isAskedFor = ({ body }: EventSignal) => registry.hasListeners(body.topic);

  const chatLog = makeChatLog(logs.chat);
  const desk = makeSendDesk({ permits, chatLog, clock, log });
  stop.releases(desk.stop);
  const pipeline = makePipeline({
    registry,
    store,
    outputs: [bindOutput(chatOutput, desk)],
    prefix,
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
  events.takeEvents(async (event) => {
    const now = { channelId, arrivedAt: clock.now(), wall: clock.wall() };
    const [itself, ...besides] = toEventSignals(event, now);
    const line = door.hear(event, now);
    // A line of chat is an event of its own only for modules that ask for it.
    const own = line === undefined || isAskedFor(itself) ? [itself] : [];
    const signals = [...(line ? [line] : []), ...own, ...besides.filter(isAskedFor)];
    const outcomes = await Promise.all(signals.map(pipeline.bringIn));
    return outcomes.some(isLeftUndone) ? "left-undone" : "dealt-with";
  });
  const chatTopics = papers.chat.transport === "eventsub" ? CHAT_TOPICS : [];
  events.wantTopics([...new Set([...registry.topics(), ...chatTopics])], () => {
    tell.topicsSettled();
    readiness.topicsSettled();
  });
  const hearNothingNew = () => {
    door.stopListening();
    events.holdEvents();
  };
  stop.finishes({ hearNothingNew, settled: pipeline.settled, dropRest: desk.stop });
}

/** When nothing is left open the process ends by itself; nothing that hangs may keep it longer. */
function leave(): void {
  process.exitCode = 0;
  setTimeout(() => process.exit(0), LEAVE_WITHIN_MS).unref();
}
