/**
 * Folders of a house on disks of a few kilobytes that really become full: tmpfs, mounted where only that house's
 * processes see it, gone with the last of them. The test looks into them, and fills them, from outside.
 */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Launched, SUPERVISOR_PROGRAM } from "../../cli/house/launch.ts";
import type { Home } from "../../shared/home.ts";
import { findProcessNote } from "../../shared/process-note.ts";

/** By the folder's name in the home. */
export type Kilobytes = Readonly<Record<string, number>>;

export interface SmallDisks {
  /** The first supervisor mounts; one after it joins those children that still live there. */
  launch(home: Home, environment: NodeJS.ProcessEnv): Launched;
  /** A path of the house's, as it is reached from here. */
  inside(path: string): string;
  /** To the last byte. */
  fill(folder: string): void;
  free(folder: string): void;
  close(): void;
}

export type Ability =
  | { readonly is: "able"; readonly alone: readonly string[] }
  | { readonly is: "unable"; readonly because: string };

/** A mount namespace of one's own: as root, or, for anybody else, where one may be root in a namespace of users. */
const WAYS = [
  ["unshare", "--mount"],
  ["unshare", "--user", "--map-root-user", "--mount"],
] as const;
/** Pairs of folder and size up to "--", then the program. */
const MOUNT_THEN_RUN =
  'while [ "$1" != -- ]; do mount -t tmpfs -o "size=$2k,mode=700" kissbot "$1" || exit 1; shift 2; done; shift; exec "$@"';

const mountThenRun = (mounts: readonly string[], program: readonly string[]): readonly string[] => [
  "sh",
  "-c",
  MOUNT_THEN_RUN,
  "sh",
  ...mounts,
  "--",
  ...program,
];

/** Tries just what a test would do: only where that fails may the test be left out. */
export function findAbility(): Ability {
  const problems: string[] = [];
  for (const [program, ...args] of WAYS) {
    const tried = spawnSync(program, [...args, ...mountThenRun([tmpdir(), "256"], ["true"])], {
      encoding: "utf8",
    });
    if (tried.status === 0) return { is: "able", alone: [program, ...args] };
    problems.push(firstLine(tried.error?.message ?? tried.stderr));
  }
  return { is: "unable", because: problems.join("; ") };
}

const firstLine = (text: string) => text.trim().split("\n")[0] ?? "";

export function makeSmallDisks(alone: readonly string[], sizes: Kilobytes): SmallDisks {
  const doors = new Map<string, number>();
  let supervisor: Launched | undefined;
  let folder = "";

  const doorOf = (name: string): string => {
    const door = doors.get(name) ?? openSync(`/proc/${supervisor?.pid}/root${join(folder, name)}`, "r");
    doors.set(name, door);
    return `/proc/self/fd/${door}`;
  };
  const ballast = (name: string) => join(doorOf(name), "ballast");
  const launch = (home: Home, environment: NodeJS.ProcessEnv): Launched => {
    folder = home.folder;
    const mounts = Object.entries(sizes).flatMap(([name, kilobytes]) => [
      join(folder, name),
      String(kilobytes),
    ]);
    // What keeps the disks is any process that sees them.
    const host = findProcessNote(join(home.pids, "hub.json"))?.pid;
    supervisor =
      host === undefined
        ? start([...alone, ...mountThenRun(mounts, [SUPERVISOR_PROGRAM])], folder, environment)
        : start([...toJoin(alone), "--target", String(host), SUPERVISOR_PROGRAM], folder, environment);
    return supervisor;
  };

  return {
    launch,
    inside(path) {
      const [name = "", ...rest] = relative(folder, path).split("/");
      return name in sizes ? join(doorOf(name), ...rest) : path;
    },
    fill(name) {
      const file = openSync(ballast(name), "a");
      for (const size of [64 * 1024, 4 * 1024, 1]) {
        try {
          for (;;) writeSync(file, Buffer.alloc(size));
        } catch (problem) {
          if ((problem as NodeJS.ErrnoException).code !== "ENOSPC") throw problem;
        }
      }
      closeSync(file);
    },
    free: (name) => rmSync(ballast(name)),
    close() {
      for (const door of doors.values()) closeSync(door);
    },
  };
}

/** A disk of a few kilobytes in the place of the folder, with what lay in that, then not a byte more. Tells what lies there afterwards. */
const COPY_FILL_RUN =
  'cd / && aside=$(mktemp -d) && cp -a "$1/." "$aside" && mount -t tmpfs -o size=64k,mode=700 kissbot "$1" && cp -a "$aside/." "$1" && rm -r "$aside" || exit 99; cat /dev/zero >"$1/ballast" 2>/dev/null; home=$1; shift; "$@"; code=$?; find "$home"; exit $code';

export function runOnFullDisk(
  alone: readonly string[],
  folder: string,
  command: readonly string[],
): { readonly exitCode: number | null; readonly err: string; readonly left: string } {
  const [program = "", ...args] = [...alone, "sh", "-c", COPY_FILL_RUN, "sh", folder, ...command];
  const ran = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, KISSBOT_HOME: folder } });
  return { exitCode: ran.status, err: ran.stderr, left: ran.stdout };
}

/** The namespaces that were made so are joined so. */
const toJoin = ([, ...namespaces]: readonly string[]): readonly string[] => [
  "nsenter",
  ...namespaces.filter((one) => one !== "--map-root-user"),
  "--preserve-credentials",
];

function start(command: readonly string[], folder: string, environment: NodeJS.ProcessEnv): Launched {
  const [program = "", ...args] = command;
  const words: string[] = [];
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment, KISSBOT_HOME: folder },
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => words.push(text));
  if (child.pid === undefined) throw new Error(`${program} could not be started`);
  return {
    pid: child.pid,
    exited: new Promise((resolve) => {
      child.once("exit", (code) => resolve({ exitCode: code ?? 1 }));
    }),
    lastWords: () => words.join("").trim(),
  };
}
