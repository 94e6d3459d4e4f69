/** Logs of a running house: nothing is lost when they are put aside, and what is said is kept only where it may be. */
import { readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { type Following, followFile } from "../../cli/logs/follow-file.ts";
import { BEGINNING, findPutAside, openHistory } from "../../cli/logs/history.ts";
import { systemClock } from "../../shared/clock.ts";
import { channelLogFolder } from "../../shared/home.ts";
import { Login } from "../../shared/ids.ts";
import { type ChannelLogName, channelLogFile } from "../../shared/log-files.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const CHANNEL = "alice_live";
const ROTATIONS = 2;

let house: TrialHouse | undefined;
let following: Following | undefined;
afterEach(async () => {
  following?.stop();
  following = undefined;
  await house?.close();
  house = undefined;
});

interface Line {
  readonly msg: string;
  readonly signal?: string;
  readonly untrusted?: { readonly user?: string; readonly text: string };
}
const fail = (file: string, because: string) => expect.fail(`${file}: ${because}`);
const parse = (line: string): Line => JSON.parse(line);

test("under chat, files are put aside again and again, and every line stands in them exactly once", async () => {
  house = await openTrialHouse({ log: { rotate_mb: 0.01 } });
  const { home } = house;
  const file = (name: ChannelLogName) =>
    channelLogFile(channelLogFolder(home, v.parse(Login, CHANNEL)), name);
  const read = (name: ChannelLogName) => {
    const history = openHistory(file(name), fail);
    const lines = [...history.lines].reverse().map(parse);
    history.close();
    return lines;
  };
  const followed: Line[] = [];
  let sawLast = () => {};
  const last = new Promise<void>((resolve) => {
    sawLast = resolve;
  });
  following = followFile({
    file: file("chat"),
    from: BEGINNING,
    clock: systemClock,
    onUnreadable: fail,
    onLine(line) {
      followed.push(parse(line));
      if (followed.at(-1)?.msg === "said") sawLast();
    },
  });

  const said: string[] = [];
  // A viewer each: Twitch lets nobody say more than one line a second.
  while (findPutAside(file("chat")).length < ROTATIONS) {
    const text = `line ${said.length}`;
    await house.say(CHANNEL, `viewer_${said.length}`, text);
    said.push(text);
  }
  await house.say(CHANNEL, "the_last", "!ping");
  await house.replyTo(CHANNEL, "the_last");
  await last;
  await house.until(
    async () => read("commands"),
    (lines) => lines.length > said.length,
  );

  const heard = (lines: readonly Line[]) =>
    lines.filter((line) => line.msg === "heard").map((line) => line.untrusted?.text);
  expect(heard(read("chat"))).toEqual([...said, "!ping"]);
  expect(heard(followed)).toEqual([...said, "!ping"]);
  const signals = read("commands").map((line) => line.signal);
  expect(signals).toHaveLength(said.length + 1);
  expect(new Set(signals).size).toBe(signals.length);
  expect(findPutAside(file("commands")).length).toBeGreaterThan(0);
});

test("a log that cannot be written is told of in status, and the channel is answered as before", async () => {
  house = await openTrialHouse();
  const file = channelLogFile(channelLogFolder(house.home, v.parse(Login, CHANNEL)), "commands");
  rmSync(file, { force: true });
  symlinkSync("/dev/full", file);
  await house.order({ do: "restart-channel", channel: CHANNEL });
  await house.until(house.status, ({ health }) => health === "healthy");
  await house.say(CHANNEL, "asker", "!ping");
  expect(await house.replyTo(CHANNEL, "asker")).toContain("Pong");
  const worker = await house.until(
    () => (house as TrialHouse).child(`worker:${CHANNEL}`),
    ({ lastError }) => lastError?.startsWith("log-lost") ?? false,
  );
  expect(worker).toMatchObject({
    state: "running",
    lastError: expect.stringMatching(/commands\.log: ENOSPC/),
  });
});

test("where chat is not to be kept, nothing that was said lies anywhere, but for commands", async () => {
  house = await openTrialHouse({ log: { chat: "off" } });
  await house.say(CHANNEL, "talker", "my secret");
  await house.say(CHANNEL, "asker", "!ping");
  await house.replyTo(CHANNEL, "asker");
  const folder = join("broadcast", CHANNEL);
  // The reply is seen before Twitch's receipt for it, and only with that is the question accounted for.
  const commands = () => (house as TrialHouse).log(join(folder, "commands.log"));
  await house.until(
    async () => commands(),
    (lines) => lines.length === 2,
  );
  const names = readdirSync(join(house.home.logs, folder)).filter((name) => !name.startsWith("crash"));
  expect(names).toContain("commands.log");
  expect(names).not.toContain("chat.log");
  const lines = names.flatMap((name) => house?.log(join(folder, name)) ?? []);
  expect(JSON.stringify(lines)).toContain("!ping");
  expect(JSON.stringify(lines)).not.toContain("my secret");
});
