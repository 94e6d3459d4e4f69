/** The only file that touches child_process. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { toError } from "../shared/errors.ts";
import type { Home } from "../shared/home.ts";
import { keptEnvironment } from "../shared/kept-environment.ts";
import type { ChildSpec, Exit } from "./child-spec.ts";
import { openCrashLog } from "./crash-log.ts";

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
    const child = spawn(process.execPath, [...spec.execArgv, spec.entry], {
      cwd: home.folder,
      detached: true,
      stdio: ["pipe", crash.output, crash.output],
      env: childEnvironment(home),
    });
    // A failed spawn has no pid, which is looked at below; a failed signal shows in the exit that does not come.
    child.on("error", () => {});
    child.once("exit", (code, signal) => {
      using.onExit(code === null ? { is: "signal", signal: signal ?? "unknown" } : { is: "code", code });
    });
    if (child.pid === undefined) {
      return { is: "failed", problem: `${process.execPath} could not be started` };
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

const childEnvironment = (home: Home): NodeJS.ProcessEnv => ({
  ...keptEnvironment(process.env),
  KISSBOT_HOME: home.folder,
  NODE_ENV: "production",
  NODE_COMPILE_CACHE: home.compileCache,
  // One malloc arena instead of one per thread: 2 MB a process.
  MALLOC_ARENA_MAX: "1",
});
