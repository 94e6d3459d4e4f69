/** Three processes write as fast as they can while their logs are put aside again and again: no line is lost, none doubled. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Following, followFile } from "../../cli/logs/follow-file.ts";
import { BEGINNING, findPutAside, openHistory } from "../../cli/logs/history.ts";
import { systemClock } from "../../shared/clock.ts";
import { channelLogFolder, checkoutFolder, findHome, type Home, prepareHome } from "../../shared/home.ts";
import { Login } from "../../shared/ids.ts";
import { type LogKeeper, startLogKeeper } from "../../shared/log-keeping/log-keeper.ts";
import { makeFakeClock } from "../support/fake-clock.ts";
import { makeTestLog } from "../support/test-log.ts";

const LINES_EACH = 4_000;
/** After the last was written. What was not heard by then is missing below. */
const HEARD_WITHIN_MS = 15_000;
const policy = { bytesMax: 10_000, keepDays: 14, keepChatDays: 30, filesMax: 100_000 };
const WRITER = join(checkoutFolder, "tests", "support", "line-writer.ts");

let home: Home;
let keeper: LogKeeper | undefined;
let followings: readonly Following[] = [];
beforeEach(() => {
  home = findHome({ KISSBOT_HOME: mkdtempSync(join(tmpdir(), "kb-")) });
  prepareHome(home);
});
afterEach(() => {
  keeper?.stop();
  for (const following of followings) following.stop();
  rmSync(home.folder, { recursive: true });
});

/** "hub 17": whose line it is, and which. */
const identify = (line: string): string => {
  const { child, n } = v.parse(v.object({ child: v.string(), n: v.number() }), JSON.parse(line));
  return `${child} ${n}`;
};
const fail = (file: string, because: string) => expect.fail(`${file}: ${because}`);

test("every line stands in the files exactly once, and whoever follows them hears it exactly once", async () => {
  const channel = v.parse(Login, "alice");
  const folder = channelLogFolder(home, channel);
  mkdirSync(folder, { recursive: true });
  // As in a house: two of them write the same system.log.
  const writers = new Map(
    Object.entries({
      supervisor: [join(home.logs, "supervisor.log"), join(home.logs, "system.log")],
      hub: [join(home.logs, "hub.log"), join(home.logs, "system.log")],
      "worker:alice": [join(folder, "chat.log"), join(folder, "commands.log")],
    }),
  );
  const wanted = new Map<string, string[]>();
  for (const [name, files] of writers) {
    for (const file of files) {
      const lines = Array.from({ length: LINES_EACH }, (_, n) => `${name} ${n}`);
      wanted.set(file, [...(wanted.get(file) ?? []), ...lines].sort());
    }
  }

  const followed = new Map([...wanted.keys()].map((file): [string, string[]] => [file, []]));
  let wake = () => {};
  followings = [...followed].map(([file, lines]) =>
    followFile({
      file,
      from: BEGINNING,
      clock: systemClock,
      onUnreadable: fail,
      onLine(line) {
        lines.push(identify(line));
        wake();
      },
    }),
  );
  const children = new Map<string, ChildProcess>();
  for (const [name, files] of writers) children.set(name, fork(WRITER, [name, String(LINES_EACH), ...files]));
  const ended = Promise.all([...children.values()].map((child) => once(child, "exit")));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const tell = (name: string) => {
    const child = children.get(name);
    // It may leave in this very moment.
    if (child?.connected) child.send("reopen-logs", () => {});
  };
  const { log, lines: complaints } = makeTestLog();
  keeper = startLogKeeper({
    home,
    clock: makeFakeClock(systemClock.wall()),
    log,
    policy: () => policy,
    tell,
    reopenOwn: () => tell("supervisor"),
  });
  while (!isOver) {
    keeper.lookNow();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await ended).map(([code]) => code)).toEqual([0, 0, 0]);
  const heard = () => [...followed.values()].reduce((sum, lines) => sum + lines.length, 0);
  const isLate = () => systemClock.now() > deadline;
  const deadline = systemClock.now() + HEARD_WITHIN_MS;
  const stopWaiting = systemClock.after(HEARD_WITHIN_MS, () => wake());
  while (heard() < 6 * LINES_EACH && !isLate()) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  stopWaiting();

  expect(complaints).toEqual([]);
  for (const [file, lines] of wanted) {
    expect(findPutAside(file).length, file).toBeGreaterThan(1);
    const history = openHistory(file, fail);
    const stored = [...history.lines].reverse().map(identify);
    history.close();
    expect(stored.toSorted(), file).toEqual(lines);
    expect(followed.get(file)?.toSorted(), file).toEqual(lines);
    if (!file.endsWith("system.log")) expect(followed.get(file), file).toEqual(stored);
  }
});
