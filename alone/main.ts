/** One channel alone, in one process, without supervisor and hub: to try a module or a channel, or where a bot serves no other. */
import { randomBytes, randomUUID } from "node:crypto";
import { requireSound } from "../db/examine.ts";
import { readOwnSettings } from "../db/read-own-settings.ts";
import { describeLostBroadcaster } from "../hub/tokens/broadcasters.ts";
import { systemClock } from "../shared/clock.ts";
import { withOwnSettings } from "../shared/config/with-own-settings.ts";
import { KissError, toError } from "../shared/errors.ts";
import { channelLogFolder, findHome, prepareHome } from "../shared/home.ts";
import { hubChildId } from "../shared/ids.ts";
import type { HouseKey } from "../shared/ipc/house-key.ts";
import { getConfig } from "../shared/load-config.ts";
import { openChannelLogs } from "../shared/log.ts";
import { startLogKeeper } from "../shared/log-keeping/log-keeper.ts";
import { toRotationPolicy } from "../shared/log-keeping/log-policy.ts";
import { takeHomeAlone } from "../shared/lone-worker.ts";
import { toTokenRules } from "../shared/token-rules.ts";
import { startWorker } from "../worker/start-worker.ts";
import { answerOperator } from "./answer-operator.ts";
import { makeLoneState } from "./lone-state.ts";
import { openHubHalf } from "./open-hub-half.ts";
import { planAlone } from "./plan-alone.ts";
import { readWish } from "./read-wish.ts";
import { complain, say } from "./terminal.ts";
import { makeTerminalLife } from "./terminal-life.ts";

/** Sockets get this long to take leave; whoever does not answer is left behind. */
const LEAVE_WITHIN_MS = 300;

const KEY_BYTES = 32;

async function main(): Promise<void> {
  process.umask(0o077);
  const clock = systemClock;
  const random = Math.random;
  const startedAt = clock.now();
  const { channel, eventsub } = readWish(process.argv.slice(2));
  const home = findHome(process.env);
  const configured = getConfig(home.configFile);
  prepareHome(home);
  const lock = takeHomeAlone(home, channel, new Date(clock.wall()));
  process.on("exit", lock.leave);
  requireSound(home.database);
  const { config } = withOwnSettings(configured, readOwnSettings(home.database));
  const key = randomBytes(KEY_BYTES).toString("hex") as HouseKey;
  const tokenRules = toTokenRules(home.folder, process.env);
  const plan = planAlone(config, { channel, eventsub, spawnId: randomUUID(), key, tokenRules });
  say(`#${channel} alone, as ${plan.hub.botLogin}; process ${process.pid}, logs below ${home.logs}`);
  for (const remark of plan.remarks) say(remark);

  const logs = openChannelLogs({
    folder: channelLogFolder(home, channel),
    level: plan.worker.logLevel,
    bindings: { child: plan.worker.childId, channel },
    keepsChat: plan.worker.keepsChat,
  });
  logs.instance.info({ pid: process.pid, eventsub }, "worker starts, alone");
  const lone = makeLoneState({ channel, startedAt, hears: eventsub === "direct", clock });
  let isReady = false;
  let exitCode = 0;
  const fail = (problem: Error) => {
    logs.instance.error({ err: problem }, "this ends the worker");
    exitCode = complain(problem);
    worker.stop.now(problem.message);
  };
  const hub = openHubHalf({
    home,
    papers: plan.hub,
    channel,
    onTrouble: {
      begins: (code, detail) => say(`${code}: ${detail}`),
      ends: (code) => say(`${code}: over`),
    },
    onReauthNeeded(problem) {
      const needed = new KissError("needs-reauth", problem);
      // What chat it has goes on for as long as the connection lives.
      if (isReady) say(`${needed.message}; ${needed.hint}`);
      else fail(needed);
    },
    onBroadcasterLost: (login, problem) => say(describeLostBroadcaster(login, problem)),
    onBroadcasterBack: (login) => say(`${login} has logged in anew`),
    onReauthOver: () => say("the bot's token is accepted again"),
    clock,
    random,
  });
  const logKeeper = startLogKeeper({
    home,
    clock,
    log: logs.instance,
    policy: (which) => toRotationPolicy(config, which),
    // Both of them are this process; who else wrote once writes no more.
    tell: (childId) => (childId === hubChildId ? hub.reopenLogs() : logs.reopen()),
    reopenOwn() {},
  });
  const door = await answerOperator({
    home,
    status: () => lone.status(isReady, hub.events()),
    clock,
    log: logs.instance,
  });
  process.on("exit", door.close);
  const worker = startWorker({
    papers: plan.worker,
    home,
    logs,
    dialHub: hub.dial,
    missed: hub.missed,
    openLife: makeTerminalLife({
      clock,
      startedAt,
      say,
      stages: {
        chat: `chat: joined #${channel}`,
        ...(eventsub === "direct" && {
          eventsub: "eventsub: all that modules listen to is settled at Twitch",
        }),
      },
      isStopping: () => worker.stop.signal.aborted,
      onReady() {
        isReady = true;
      },
      onOpened: lone.opened,
    }),
    leave() {
      logKeeper.stop();
      door.close();
      void hub.close().finally(() => {
        say("stopped");
        process.exitCode = exitCode;
        setTimeout(() => process.exit(exitCode), LEAVE_WITHIN_MS).unref();
      });
    },
    clock,
    random,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      say(`${signal}: finishes what is in hand, then stops`);
      worker.stop.now(signal);
    });
  worker.begun.catch((problem) => fail(toError(problem)));
  const found = await hub.find(channel);
  if (found.is === "nobody") fail(new KissError("no-such-channel", channel));
}

// The terminal may be gone before the worker is.
process.stdout.on("error", () => {});
process.on("uncaughtException", (problem) => process.exit(complain(problem)));
main().catch((thrown: unknown) => process.exit(complain(toError(thrown))));
