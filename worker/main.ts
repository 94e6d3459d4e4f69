/** A worker: one channel's chat and events in, through the pipeline, answers out. It begins to live when the hub has told it whose channel it is. */
import { systemClock } from "../shared/clock.ts";
import { KissError } from "../shared/errors.ts";
import { channelLogFolder, findHome } from "../shared/home.ts";
import { startChildLife } from "../shared/ipc/child-life.ts";
import { readPapers, WorkerPapers } from "../shared/ipc/papers.ts";
import { type ChannelLogs, openChannelLogs } from "../shared/log.ts";
import { findPssKb } from "../shared/proc.ts";
import { clearReadinessMarks, setReadinessMark } from "../shared/readiness-marks.ts";
import { startSystemMonitor } from "../shared/system-monitor.ts";
import { startUsageWatch } from "../shared/usage-watch.ts";
import { awakenModules, stopModules } from "./awaken-modules.ts";
import { makeChatLog } from "./chat-log.ts";
import { findModules } from "./find-modules.ts";
import { makeHouse } from "./house.ts";
import { startHubDesk } from "./hub-desk.ts";
import { toStreamSignal } from "./interfaces/hub-events.ts";
import { answerValidateLocally } from "./interfaces/twitch-chat/answer-validate.ts";
import { makeChatTokens } from "./interfaces/twitch-chat/chat-tokens.ts";
import { makeLoginPermits } from "./interfaces/twitch-chat/login-permits.ts";
import { startTwitchChat, type TwitchChat } from "./interfaces/twitch-chat.ts";
import { makeModuleStore } from "./module-store.ts";
import { loadModuleFiles } from "./modules-folder.ts";
import { isLeftUndone } from "./outcome.ts";
import { bindOutput } from "./output.ts";
import { makeRecentSends } from "./outputs/chat/recent-sends.ts";
import { makeSendDesk } from "./outputs/chat/send-desk.ts";
import { makeSendPermits } from "./outputs/chat/send-permits.ts";
import { chat as chatOutput } from "./outputs/chat.ts";
import { makePipeline } from "./pipeline.ts";
import { makeReadiness } from "./readiness.ts";
import { type AwakeModule, makeRegistry } from "./registry.ts";
import { makeStop } from "./stop.ts";
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
  const onTrouble = (code: string, detail: string) => life.trouble(code, detail);
  const sends = makeRecentSends(clock);
  const hub = startHubDesk({
    path: home.hubSocket,
    papers,
    recentSends: sends.sentAt,
    clock,
    random,
    log,
    onTrouble,
  });
  stop.releases(hub.stop);
  let chat: TwitchChat | undefined;
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
    usage: usage.take,
    counters: counters.now,
    onPleaseStop: stop.now,
    onReopenLogs: logs.reopen,
  });
  stop.releases(life.stop);
  void logs.firstLoss.then(({ file, because }) => onTrouble("log-lost", `${file}: ${because}`));
  const pssKb = () => findPssKb("self");
  const system = startSystemMonitor({
    clock,
    usage: startUsageWatch(clock),
    pssKb,
    log: logs.system,
    onAlert: onTrouble,
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
    usage: usage.now,
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

  const chatLog = makeChatLog(logs.chat);
  const desk = makeSendDesk({ permits: makeSendPermits({ hub, sends, clock }), chatLog, clock, log });
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
  hub.takeEvents(async (event) => {
    const signal = toStreamSignal(event, { channelId, arrivedAt: clock.now(), wall: clock.wall() });
    return isLeftUndone(await pipeline.bringIn(signal)) ? "left-undone" : "dealt-with";
  });
  hub.wantTopics(registry.topics(), readiness.topicsSettled);

  const tokens = makeChatTokens({ hub, clock });
  answerValidateLocally(tokens.held);
  const door = startTwitchChat({
    url: papers.chatUrl,
    channel,
    botId: bot.userId,
    tokens,
    askPermit: makeLoginPermits(hub),
    clock,
    random,
    log,
    voice: desk.listener,
    bringIn: (message) => void pipeline.bringIn(message),
    onJoined: readiness.chatJoined,
    onTrouble,
  });
  chat = door;
  stop.releases(door.stop);
  const hearNothingNew = () => {
    door.stopListening();
    hub.holdEvents();
  };
  stop.finishes({ hearNothingNew, settled: pipeline.settled, dropRest: desk.stop });
}

/** When nothing is left open the process ends by itself; nothing that hangs may keep it longer. */
function leave(): void {
  process.exitCode = 0;
  setTimeout(() => process.exit(0), LEAVE_WITHIN_MS).unref();
}
