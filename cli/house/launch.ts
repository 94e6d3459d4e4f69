/** Starts the supervisor, which starts everything else. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkoutFolder, type Home } from "../../shared/home.ts";

export interface Launched {
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly exited: Promise<{ readonly exitCode: number }>;
  /** What it wrote on stdout and stderr since the launch: its reason, when it did not want to live. */
  lastWords(): string;
}

/** Node, its flags and the bundle, for every way of starting. */
export const SUPERVISOR_PROGRAM = join(checkoutFolder, "bin", "supervisor");

const crashLogOf = (home: Home) => join(home.logs, "crash-supervisor.log");

/** What a supervisor's crash log grows by from now on. */
export function listenForLastWords(home: Home): () => string {
  const file = crashLogOf(home);
  const from = bytesOf(file);
  return () => {
    if (!existsSync(file)) return "";
    // A log that has grown large is cut as the supervisor starts: what it says stands in the rest.
    const words = readFileSync(file);
    return words
      .subarray(words.length < from ? 0 : from)
      .toString("utf8")
      .trim();
  };
}

const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Detached: neither Ctrl-C in this terminal nor the end of the cli reaches it. Its stdout and stderr are a file, so
 * there is no pipe that could break. `home` must be prepared.
 */
export function launchSupervisor(
  home: Home,
  environment: NodeJS.ProcessEnv,
  program = SUPERVISOR_PROGRAM,
): Launched {
  const lastWords = listenForLastWords(home);
  const crash = openSync(crashLogOf(home), "a", 0o600);
  try {
    const child = spawn(program, [], {
      cwd: home.folder,
      detached: true,
      stdio: ["ignore", crash, crash],
      env: { ...environment, KISSBOT_HOME: home.folder },
    });
    if (child.pid === undefined) throw new Error(`${program} could not be started`);
    child.unref();
    return {
      pid: child.pid,
      exited: new Promise((resolve) => {
        child.once("exit", (code) => resolve({ exitCode: code ?? 1 }));
      }),
      lastWords,
    };
  } finally {
    closeSync(crash);
  }
}
