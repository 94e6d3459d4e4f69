/** Starts the supervisor, which starts everything else. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkoutFolder, type Home } from "../../shared/home.ts";

export interface Launched {
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly exited: Promise<{ readonly exitCode: number }>;
  /** What it wrote on stdout and stderr since the launch: its reason, when it did not want to live. */
  lastWords(): string;
}

export const SUPERVISOR_BUNDLE = join(checkoutFolder, "dist", "supervisor.mjs");
const CRASH_LOG = "crash-supervisor.log";
/** It mostly waits: a small young generation and one helper thread are enough. */
const NODE_FLAGS = ["--max-semi-space-size=1", "--v8-pool-size=1"];

/**
 * Detached: neither Ctrl-C in this terminal nor the end of the cli reaches it. Its stdout and stderr are a file, so
 * there is no pipe that could break. `home` must be prepared.
 */
export function launchSupervisor(home: Home, environment: NodeJS.ProcessEnv): Launched {
  const crashLog = join(home.logs, CRASH_LOG);
  const crash = openSync(crashLog, "a", 0o600);
  const crashBytes = statSync(crashLog).size;
  try {
    const child = spawn(process.execPath, [...NODE_FLAGS, SUPERVISOR_BUNDLE], {
      cwd: home.folder,
      detached: true,
      stdio: ["ignore", crash, crash],
      env: {
        ...environment,
        KISSBOT_HOME: home.folder,
        NODE_ENV: "production",
        NODE_COMPILE_CACHE: home.compileCache,
        MALLOC_ARENA_MAX: "1",
      },
    });
    if (child.pid === undefined) throw new Error(`${process.execPath} could not be started`);
    child.unref();
    return {
      pid: child.pid,
      exited: new Promise((resolve) => {
        child.once("exit", (code) => resolve({ exitCode: code ?? 1 }));
      }),
      lastWords: () => readFileSync(crashLog).subarray(crashBytes).toString("utf8").trim(),
    };
  } finally {
    closeSync(crash);
  }
}
