/**
 * `kissbot.sh worker` as an operator calls it, against a simulator, in a home of its own. What it says is kept line
 * by line; tests await lines and what is said in chat, and never a time.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FeedLine, openSimFeed, type SimFeed } from "../../cli/trial/sim-feed.ts";
import { type SimProcess, startSimProcess } from "../../cli/trial/sim-process.ts";
import { toTrialConfig } from "../../cli/trial/trial-config.ts";
import type { TrialHome } from "../../cli/trial/trial-home.ts";
import { systemClock } from "../../shared/clock.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { CLI_CACHE, QUIET_ACCOUNT } from "./kissbot-process.ts";
import { findLeftovers, isReply } from "./trial-house.ts";
import { makeWarmHome } from "./warm-home.ts";

export interface LoneTown {
  readonly sim: SimProcess;
  readonly trial: TrialHome;
  /** What happens at the simulated Twitch. */
  readonly lines: readonly FeedLine[];
  heard(wanted: (line: FeedLine) => boolean, fromLine?: number): Promise<FeedLine>;
  /** A viewer types, and the bot answers. */
  answered(channel: string, user: string, text: string): Promise<string>;
  writeConfig(change?: (config: string) => string): void;
  /** Begins a worker; it may well refuse. */
  start(...args: readonly string[]): RunningWorker;
  /** Fails when a process, a note or a socket is left. */
  close(): Promise<void>;
}

export interface RunningWorker {
  readonly pid: number;
  readonly exitCode: Promise<number | null>;
  /** Everything on its terminal so far. */
  said(): string;
  /** Resolves when it has said this; rejects when it ends without. */
  says(text: string, after?: number): Promise<void>;
  end(signal: "SIGTERM" | "SIGINT" | "SIGHUP" | "SIGKILL"): Promise<number | null>;
}

export async function openLoneTown(): Promise<LoneTown> {
  const trial = makeWarmHome();
  const sim = await startSimProcess("quiet", systemClock);
  const lines: FeedLine[] = [];
  const waiting = new Set<() => void>();
  const feed: SimFeed = await openSimFeed(sim.address, (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const started: RunningWorker[] = [];
  const writeConfig: LoneTown["writeConfig"] = (change = (text) => text) =>
    trial.writeConfig(change(toTrialConfig(QUIET_ACCOUNT, [], sim.address)));
  writeConfig();

  const heard: LoneTown["heard"] = (wanted, fromLine = 0) =>
    new Promise((resolve) => {
      const look = () => {
        const found = lines.slice(fromLine).find(wanted);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return {
    sim,
    trial,
    lines,
    heard,
    writeConfig,
    async answered(channel, user, text) {
      const from = lines.length;
      await sim.order("/chat", { channel, user, text });
      return String((await heard((line) => isReply(line, channel, user), from)).text);
    },
    start(...args) {
      const worker = startWorker(trial, args);
      started.push(worker);
      return worker;
    },
    async close() {
      await Promise.all(started.map((one) => one.end("SIGKILL")));
      feed.close();
      await feed.ended;
      await sim.stop();
      trial.remove();
    },
  };
}

function startWorker(trial: TrialHome, args: readonly string[]): RunningWorker {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(checkoutFolder, "cli", "main.ts"), "worker", ...args],
    {
      env: { ...process.env, ...CLI_CACHE, KISSBOT_HOME: trial.home.folder },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  let isOver = false;
  const waiting = new Set<() => void>();
  const hear = (text: string) => {
    said += text;
    for (const look of waiting) look();
  };
  child.stdout?.setEncoding("utf8").on("data", hear);
  child.stderr?.setEncoding("utf8").on("data", hear);
  const exitCode = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      isOver = true;
      resolve(code);
      for (const look of waiting) look();
    });
  });
  return {
    pid: child.pid ?? 0,
    exitCode,
    said: () => said,
    says: (text, after = 0) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!said.slice(after).includes(text)) {
            if (isOver) reject(new Error(`it ended without having said "${text}":\n${said}`));
            return;
          }
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    end(signal) {
      child.kill(signal);
      return exitCode;
    },
  };
}

/** What a worker that has left has left behind; marks of readiness, too. */
export function leftBehind(trial: TrialHome, pid: number): readonly string[] {
  const pids = existsSync(trial.home.pids) ? readdirSync(trial.home.pids) : [];
  return [...findLeftovers(trial.home, [pid]), ...pids.filter((name) => name !== "run")];
}

export const readLog = (trial: TrialHome, file: string): readonly Readonly<Record<string, unknown>>[] =>
  readFileSync(join(trial.home.logs, file), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
