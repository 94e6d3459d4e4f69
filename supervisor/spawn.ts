/** The only file that touches child_process. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Millis } from "../shared/clock.ts";
import { toError } from "../shared/errors.ts";
import type { Home } from "../shared/home.ts";
import { keptEnvironment } from "../shared/kept-environment.ts";
import { openCrashLog } from "../shared/log-keeping/crash-log.ts";
import type { ChildSpec, Exit } from "./child-spec.ts";

export type Spawned =
  | { readonly is: "spawned"; readonly pid: number }
  | { readonly is: "failed"; readonly problem: string };

/**
 * Spawns detached, so that a Ctrl-C in the terminal and our own death leave the child alone. Its stdout and stderr
 * are its crash log: no pipe that fills, and a crash's last words are kept. Papers go in by stdin.
 */
export function spawnChild(using: {
  readonly spec: ChildSpec;
  readonly home: Home;
  readonly birth: { readonly childId: string; readonly spawnId: string; readonly credential: string };
  readonly onExit: (exit: Exit) => void;
}): Spawned {
  const { spec, home } = using;
  const crash = openCrashLog(join(home.logs, spec.crashLog));
  try {
    const program = spec.health ? spec.entry : process.execPath;
    const child = spawn(program, spec.health ? spec.execArgv : [...spec.execArgv, spec.entry], {
      cwd: home.folder,
      detached: true,
      stdio: ["pipe", crash.output, crash.output],
      env: { ...childEnvironment(home), ...spec.environment },
    });
    // A failed spawn has no pid, which is looked at below; a failed signal shows in the exit that does not come.
    child.on("error", () => {});
    child.once("exit", (code, signal) => {
      using.onExit(code === null ? { is: "signal", signal: signal ?? "unknown" } : { is: "code", code });
    });
    if (child.pid === undefined) {
      return { is: "failed", problem: `${program} could not be started` };
    }
    // A child that dies before it has read its papers closes the pipe under us; its exit tells the story.
    child.stdin?.on("error", () => {});
    child.stdin?.end(JSON.stringify({ ...spec.papers, ...using.birth }));
    return { is: "spawned", pid: child.pid };
  } catch (problem) {
    return { is: "failed", problem: toError(problem).message };
  } finally {
    crash.close();
  }
}

/** A process that does one thing and goes. */
export interface Helper {
  /** undefined: it could not be started. */
  readonly pid: number | undefined;
  /** With all it said on stdout, and how it went: never rejected. */
  readonly ended: Promise<{ readonly said: string; readonly how: string }>;
  /** Resolves when it has gone. */
  stop(): Promise<void>;
}

const HELPER_STOPS_WITHIN_MS: Millis = 2_000;
/** Its answer is a line and its last words some more; what goes on talking is not listened to. */
const HELPER_SAYS_MAX = 64 * 1024;

/** Nothing of it is kept on disk or adopted: when we die it finishes, and the next supervisor sees what came of it. */
export function spawnHelper(using: {
  readonly entry: string;
  readonly home: Home;
  readonly papers: object;
}): Helper {
  const child = spawn(process.execPath, [using.entry], {
    cwd: using.home.folder,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: childEnvironment(using.home),
  });
  const hear = (stream: Readable) => {
    let heard = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      if (heard.length < HELPER_SAYS_MAX) heard += text;
    });
    return () => heard.slice(0, HELPER_SAYS_MAX).trim();
  };
  const said = hear(child.stdout);
  const lastWords = hear(child.stderr);
  const ended = new Promise<{ readonly said: string; readonly how: string }>((resolve) => {
    child.once("error", (problem) => resolve({ said: "", how: problem.message }));
    child.once("close", (code, signal) => {
      const how = signal ?? `exit code ${code}`;
      resolve({ said: said(), how: lastWords() === "" ? how : `${how}: ${lastWords()}` });
    });
  });
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(using.papers));
  return {
    pid: child.pid,
    ended,
    async stop() {
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), HELPER_STOPS_WITHIN_MS);
      await ended;
      clearTimeout(kill);
    },
  };
}

const childEnvironment = (home: Home): NodeJS.ProcessEnv => ({
  ...keptEnvironment(process.env),
  KISSBOT_HOME: home.folder,
  NODE_ENV: "production",
  NODE_COMPILE_CACHE: home.compileCache,
  // One malloc arena instead of one per thread: 2 MB a process.
  MALLOC_ARENA_MAX: "1",
});
