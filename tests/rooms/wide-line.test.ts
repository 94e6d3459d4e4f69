/** Room 7: one line for each signal, which is log, statistics and explanation at once. */
import { afterEach, expect, test } from "vitest";
import { makeFakeClock } from "../support/fake-clock.ts";
import { testModules } from "../support/test-modules.ts";
import { calmSurroundings, openWorkerRoom, type WorkerRoom } from "../support/worker-room.ts";

let room: WorkerRoom | undefined;
afterEach(() => room?.close());

const open = async () => {
  const clock = makeFakeClock();
  room = await openWorkerRoom({
    clock,
    surroundings: calmSurroundings(),
    prefix: "!",
    settings: {},
    modules: testModules,
    claims: new Set(),
  });
  const opened = room;
  const accounts = () => opened.lines.filter((line) => line.text === "accounted").map((line) => line.fields);
  return { room, clock, accounts };
};

test("an answered command: who, what, how it ended, how long each room took", async () => {
  const { room, clock, accounts } = await open();
  const walking = room.say({ id: "m1", login: "alice", text: "!slow 1", rank: "vip" });
  await clock.advance(1_500);
  await walking;
  expect(accounts()).toEqual([
    {
      signal: "m1",
      kind: "chat-message",
      rank: "vip",
      module: "slow",
      word: "slow",
      untrusted: { user: "alice", text: "!slow 1" },
      outcome: "answered",
      deliveries: ["accepted"],
      ms: {
        receive: 0,
        recognise: 0,
        admit: 0,
        run: 1_000,
        render: 0,
        turn: 0,
        deliver: 0,
        arrivedToWritten: 1_000,
        total: 1_000,
      },
    },
  ]);
});

test("of plain talk no word and no name is kept outside chat.log", async () => {
  const { room, accounts } = await open();
  await room.say({ id: "m1", login: "alice", text: "my secret" });
  expect(accounts()).toMatchObject([{ signal: "m1", outcome: "unaddressed", rank: "everyone" }]);
  expect(JSON.stringify(room.lines)).not.toMatch(/alice|secret/);
});

test("chat.log has what was heard and said, once and in order; what came from elsewhere is heard, too", async () => {
  const { room } = await open();
  await room.say({ id: "m1", login: "alice", text: "hello", rank: "vip" });
  await room.say({ id: "m1", login: "alice", text: "hello", rank: "vip" });
  await room.say({ id: "m2", login: "nightbot", text: "buy things" });
  await room.say({ id: "m3", login: "alice", text: "!ping" });
  expect(room.chatLines.map(({ text, fields }) => ({ text, ...fields }))).toEqual([
    { text: "heard", signal: "m1", rank: "vip", untrusted: { user: "alice", text: "hello" } },
    { text: "heard", signal: "m2", rank: "everyone", untrusted: { user: "nightbot", text: "buy things" } },
    { text: "heard", signal: "m3", rank: "everyone", untrusted: { user: "alice", text: "!ping" } },
    { text: "said", untrusted: { text: "@alice Pong! 🏓" } },
  ]);
});

test("events, refusals and failures have theirs", async () => {
  const { room, accounts } = await open();
  await room.event("e1", {
    topic: "stream.online",
    broadcasterLogin: "streamer",
    broadcasterName: "Streamer",
    streamId: "s1",
    startedAt: "",
    streamType: "live",
  });
  await room.say({ id: "m1", login: "alice", text: "!formoderator" });
  await room.say({ id: "m2", login: "alice", text: "!throws" });
  expect(accounts()).toMatchObject([
    { kind: "channel-event", topic: "stream.online", modules: ["announcements"], outcome: "answered" },
    { outcome: "refused", because: "rank-too-low", module: "ranks" },
    { outcome: "failed", because: "module-failed", module: "broken", deliveries: ["accepted"] },
  ]);
});

test("the counters count what was seen and what the channel got to read", async () => {
  const { room } = await open();
  await room.say({ id: "m1", login: "alice", text: "hello" });
  await room.say({ id: "m2", login: "alice", text: "!ping" });
  await room.say({ id: "m3", login: "alice", text: "!shout" });
  expect(room.counters.now()).toMatchObject({ messagesSeen: 3, messagesAnswered: 1, eventsSeen: 0 });
});

test("a module whose settings are wrong, and settings of no module, are told to the operator", async () => {
  room = await openWorkerRoom({
    clock: makeFakeClock(),
    surroundings: calmSurroundings(),
    prefix: "!",
    settings: { roll: { sides: "many" }, rolll: {} },
    modules: testModules,
    claims: new Set(),
  });
  expect(room.troubles).toEqual([
    "unknown-module: modules.rolll in the configuration: there is no such module",
    expect.stringMatching(/^module-sleeps: roll: modules\.roll in the configuration: sides: /),
  ]);
});
