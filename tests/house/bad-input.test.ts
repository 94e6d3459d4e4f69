import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOT, CHANNELS, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse;
beforeAll(async () => {
  house = await openTrialHouse();
});
afterAll(() => house.close());

let viewers = 0;
/** Both channels answer, and events arrive: nobody was hurt. */
async function isUnhurt() {
  for (const channel of CHANNELS) {
    const viewer = `viewer${++viewers}`;
    await house.say(channel, viewer, "!ping");
    expect(await house.replyTo(channel, viewer)).toBe(`@${viewer} Pong! 🏓`);
  }
}
const restarts = async () => (await house.status()).children.map((child) => child.restarts);

/** Writes bytes to a socket of the house and resolves when it was closed on us. */
function speakBytes(path: string, bytes: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on("error", () => {});
    socket.once("close", () => resolve());
    socket.resume();
    socket.write(bytes);
  });
}
const frame = (data: unknown) => `${JSON.stringify({ type: "message", data })}\f`;

describe("strangers on the house's sockets", () => {
  test.each([
    ["null", "null\f"],
    ["no JSON", "GET / HTTP/1.1\r\n\r\n\f"],
    ["1 MB without an end", "x".repeat(1024 * 1024)],
    ["a message that is no hello", frame({ kind: "request", id: 1, verb: "stop" })],
    [
      "a hello without the right credential",
      frame({ kind: "hello", conversation: "control", version: 1, credential: "0".repeat(64) }) +
        frame({ kind: "request", id: 1, verb: "stop" }),
    ],
    ["another version", frame({ kind: "hello", conversation: "control", version: 99, credential: "x" })],
    [
      "a worker who is none",
      frame({
        kind: "hello",
        conversation: "hub-worker",
        version: 1,
        childId: "worker:alice_live",
        spawnId: "x",
        credential: "y",
        channel: "alice_live",
      }),
    ],
  ])("%s is shown out and hurts nobody", async (_name, bytes) => {
    const before = await restarts();
    await Promise.all([
      speakBytes(house.home.supervisorSocket, bytes),
      speakBytes(house.home.hubSocket, bytes),
    ]);
    await isUnhurt();
    expect(await restarts()).toEqual(before);
  });
});

describe("what Twitch's side may send", () => {
  test.each([["not-json"], ["unknown-type"], ["huge"], ["binary"]])(
    "broken EventSub frames (%s): the next event is delivered",
    async (kind) => {
      await house.fault({ do: "garble", place: "eventsub", with: kind });
      await house.until(house.hubStatus, (one) => one.health === "healthy");
      const title = `After ${kind} ${++viewers}`;
      await house.sim.order("/channels/alice_live/offline", {}).catch(() => {});
      await house.sim.order("/channels/alice_live/online", { title });
      await house.heard((line) => line.user === BOT && String(line.text).includes(title));
    },
  );

  test.each([["not-json"], ["unknown-type"], ["binary"]])(
    "broken IRC lines (%s): the next question is answered",
    async (kind) => {
      await house.fault({ do: "garble", place: "irc", with: kind });
      await isUnhurt();
    },
  );

  test("an IRC line without end: that connection is given up, the next one answers", async () => {
    const before = house.lines.length;
    await house.fault({ do: "garble", place: "irc", with: "huge" });
    await isUnhurtOnceBack(before);
  });

  test("EventSub asks to move: no event is lost or doubled", async () => {
    const { eventsub } = await house.hubStatus();
    await house.fault({ do: "send-reconnect", place: "eventsub" });
    await house.until(
      house.hubStatus,
      (one) => one.eventsub.reconnects > eventsub.reconnects && one.health === "healthy",
    );
    const title = `Moved ${++viewers}`;
    await house.sim.order("/channels/bob_plays/online", { title });
    await house.heard((line) => line.user === BOT && String(line.text).includes(title));
    await isUnhurt();
    expect(house.lines.filter((line) => line.user === BOT && String(line.text).includes(title))).toHaveLength(
      1,
    );
  });

  test("connections that are cut come back by themselves", async () => {
    const before = house.lines.length;
    await house.fault([
      { do: "cut", place: "irc" },
      { do: "cut", place: "eventsub" },
    ]);
    await isUnhurtOnceBack(before);
    await house.until(house.hubStatus, (one) => one.health === "healthy");
  });

  test("a token that expires is refreshed once and chat goes on", async () => {
    await beginAnew();
    const before = house.lines.length;
    await house.fault([
      { do: "expire-token", user: BOT },
      { do: "cut", place: "irc" },
    ]);
    await isUnhurtOnceBack(before);
    const refreshes = house.log("hub.log").filter((line) => line.msg === "token refreshed and stored");
    expect(refreshes).toHaveLength(1);
  });

  test("Helix answering 500 for a while costs nothing that stays", async () => {
    await house.fault({
      do: "answer",
      place: "helix",
      status: 500,
      path: "/eventsub/subscriptions",
      count: 5,
    });
    await house.fault({ do: "cut", place: "eventsub" });
    await house.until(house.hubStatus, (one) => one.eventsub.mode === "live" && one.health === "healthy");
  });
});

/** Chat rests longer with each connection it has lost: workers that have lost none wait for the least. */
async function beginAnew() {
  for (const channel of CHANNELS) await house.order({ do: "restart-channel", channel });
  await house.until(house.status, ({ health }) => health === "healthy");
}

/** After what cuts the chat connection: the bot is back in both rooms, and answers. (Lines said while it is away are lost: IRC repeats nothing.) */
async function isUnhurtOnceBack(sinceLine: number) {
  for (const channel of CHANNELS) {
    await house.heard(
      (line) => line.kind === "irc-joined" && line.channel === channel && line.user === BOT,
      sinceLine,
    );
  }
  await isUnhurt();
}
