import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { CUT, FRAME_TOO_LARGE, NEVER_OPENED } from "./close-codes.ts";
import { FRAME_BYTES_MAX } from "./frames.external.ts";
import { dialEventSub } from "./socket.ts";

let server: WebSocketServer;
let url: string;

beforeEach(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const client of server.clients) client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

/** Frames until the end, and how it ended. */
function listenTo(address: string) {
  const frames: string[] = [];
  const end = new Promise<{ code: number; problem: string }>((resolve) => {
    dialEventSub(address, {
      onFrame: (text) => frames.push(text),
      onEnd: (code, problem) => resolve({ code, problem }),
    });
  });
  return { frames, end };
}

test.each<[string, (socket: WebSocket) => void, number, readonly string[]]>([
  ["a close with a code", (socket) => socket.close(4005, "network timeout"), 4005, []],
  ["a cut line", (socket) => socket.terminate(), CUT, []],
  [
    "a frame as large as allowed, then a close",
    (socket) => {
      socket.send("x".repeat(FRAME_BYTES_MAX));
      socket.close(4000);
    },
    4000,
    ["x".repeat(FRAME_BYTES_MAX)],
  ],
  ["a frame larger than any", (socket) => socket.send("x".repeat(FRAME_BYTES_MAX + 1)), FRAME_TOO_LARGE, []],
  [
    "a binary frame",
    (socket) => {
      socket.send(Buffer.from([0, 255, 128]));
      socket.close(4000);
    },
    4000,
    [""],
  ],
  ["text that is no UTF-8", (socket) => socket.send(Buffer.from([0xff, 0xfe]), { binary: false }), CUT, []],
])("%s", async (_what, act, code, frames) => {
  server.on("connection", act);
  const heard = listenTo(url);
  expect(await heard.end).toMatchObject({ code });
  expect(heard.frames).toEqual(frames);
});

test("a dial that nobody answers never opened", async () => {
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await listenTo(`ws://127.0.0.1:${port}`).end).toMatchObject({
    code: NEVER_OPENED,
    problem: expect.stringContaining("ECONNREFUSED"),
  });
});

test("nothing is heard of a socket that was discarded", async () => {
  const connected = once(server, "connection");
  let hasHeard = false;
  const socket = dialEventSub(url, {
    onFrame: () => {
      hasHeard = true;
    },
    onEnd: () => {
      hasHeard = true;
    },
  });
  const [client] = (await connected) as [WebSocket];
  const gone = once(client, "close");
  client.send("hello");
  socket.discard();
  await gone;
  expect(hasHeard).toBe(false);
});

test("what was sent before a goodbye was answered still comes, and then the end", async () => {
  server.on("connection", (socket) => {
    for (const text of ["a", "b", "c"]) socket.send(text);
  });
  const frames: string[] = [];
  const code = await new Promise<number>((resolve) => {
    const socket = dialEventSub(url, {
      onFrame(text) {
        frames.push(text);
        if (text === "a") socket.sayGoodbye();
      },
      onEnd: (how) => resolve(how),
    });
  });
  expect([frames, code]).toEqual([["a", "b", "c"], 1000]);
});
