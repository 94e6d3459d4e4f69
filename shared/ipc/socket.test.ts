import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "../../tests/support/silent-log.ts";
import { KissError } from "../errors.ts";
import { dialSocket, parseFrame } from "./socket-client.ts";
import { openSocketServer, type SocketServer } from "./socket-server.ts";
import { FRAME_BYTES_MAX, FRAME_END, type Wire, type WireEnd } from "./wire.ts";

let folder: string;
let path: string;
let server: SocketServer | undefined;
let wires: Wire[];
let arrived: unknown[];
let ends: WireEnd[];
let onArrival: (message: unknown) => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-ipc-"));
  path = join(folder, "run", "test.sock");
  mkdirSync(join(folder, "run"), { mode: 0o755 });
  wires = [];
  arrived = [];
  ends = [];
  onArrival = () => {};
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

async function open(connectionsMax = 10) {
  server = await openSocketServer({
    path,
    connectionsMax,
    log: silentLog,
    onConnection(wire) {
      wires.push(wire);
      wire.onClosed((end) => ends.push(end));
      wire.onMessage((message) => {
        arrived.push(message);
        onArrival(message);
      });
    },
  });
}
/** Resolves when `count` messages have arrived at the server. */
const arrivals = (count: number) =>
  new Promise<void>((resolve) => {
    onArrival = () => arrived.length >= count && resolve();
    if (arrived.length >= count) resolve();
  });
const dial = async () => {
  const dialled = await dialSocket(path, 1_000);
  if (dialled.is !== "open") throw new Error(dialled.problem);
  return dialled.wire;
};
/** A peer that speaks bytes, not messages. */
const rawPeer = () =>
  new Promise<Socket>((resolve) => {
    const socket: Socket = connect({ path }, () => resolve(socket));
    socket.on("error", () => {});
  });
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    socket.once("close", () => resolve());
    socket.resume();
  });
const isStillServing = async () => {
  const wire = await dial();
  const before = arrived.length;
  wire.write({ still: "here" });
  await arrivals(before + 1);
  wire.close();
};

describe("a socket server and its plain client", () => {
  test("carry messages both ways, in order, also many in one tick and in strange letters", async () => {
    await open();
    const wire = await dial();
    const sent = Array.from({ length: 500 }, (_, n) => ({ n, text: `zwölf \f \u0000 🏓 ${"x".repeat(n)}` }));
    for (const message of sent) wire.write(message);
    await arrivals(500);
    expect(arrived).toEqual(sent);
    const echoes: unknown[] = [];
    const echoed = new Promise<void>((resolve) => {
      wire.onMessage((message) => echoes.push(message) === sent.length && resolve());
    });
    for (const message of sent) wires[0]?.write(message);
    await echoed;
    expect(echoes).toEqual(sent);
    wire.close();
  });

  test("lie in a folder only the owner may enter", async () => {
    chmodSync(join(folder, "run"), 0o755);
    await open();
    expect(statSync(join(folder, "run")).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("tell when the other end has gone, and leave no file behind", async () => {
    await open();
    const wire = await dial();
    wire.write({ a: 1 });
    await arrivals(1);
    const gone = new Promise<WireEnd>((resolve) => wire.onClosed(resolve));
    await server?.close();
    expect(await gone).toEqual({ is: "peer-left" });
    expect(existsSync(path)).toBe(false);
    expect(wire.write({ b: 2 })).toBe("closed");
    server = undefined;
  });

  test("dialling where nobody listens is refused, not thrown", async () => {
    expect(await dialSocket(path, 100)).toMatchObject({ is: "refused" });
  });

  test("a stale socket file is replaced, a live one is not stolen, a plain file is not deleted", async () => {
    const stale = createServer().listen(path);
    await new Promise((resolve) => stale.once("listening", resolve));
    // Closed without unlinking, as a SIGKILL leaves it.
    rmSync(path);
    writeFileSync(path, "");
    await expect(open()).rejects.toThrow(/is a file, not a socket/);
    rmSync(path);
    stale.close();
    await open();
    const first = server;
    await expect(open()).rejects.toThrow(KissError);
    server = first;
    await isStillServing();
  });

  test("says clearly when a socket's path is too long for the kernel", async () => {
    path = join(folder, "run", `${"x".repeat(120)}.sock`);
    await expect(open()).rejects.toThrow(/at most 107 bytes/);
  });

  test("a handler that throws costs neither the process nor the messages behind it", async () => {
    await open();
    let count = 0;
    onArrival = () => {
      if (++count === 1) throw new Error("a bug");
    };
    const wire = await dial();
    for (const n of [1, 2, 3]) wire.write({ n });
    const all = new Promise<void>((resolve) => {
      const throwing = onArrival;
      onArrival = (message) => {
        if (arrived.length === 3) resolve();
        throwing(message);
      };
    });
    await all;
    expect(arrived).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    wire.close();
  });

  test.each([
    ["null", "null"],
    ["a type that is no text", '{"type":5}'],
    ["a reserved name", '{"type":"socket.disconnected","data":1}'],
    ["another name", '{"type":"connect"}'],
    ["a prototype's name", '{"type":"__proto__"}'],
    ["no JSON", "hello"],
    ["a list", "[1]"],
  ])("a frame with %s ends that connection and no other", async (_name, frame) => {
    await open();
    const peer = await rawPeer();
    peer.write(frame + FRAME_END);
    await closed(peer);
    await isStillServing();
  });

  test("10 MB without an end are cut off early", async () => {
    await open();
    const peer = await rawPeer();
    const block = "x".repeat(1024 * 1024);
    for (let megabytes = 0; megabytes < 10; megabytes += 1) peer.write(block);
    await closed(peer);
    await isStillServing();
  });

  test("more connections than allowed are refused, and those within go on", async () => {
    await open(2);
    const [one, two] = [await dial(), await dial()];
    const third = await rawPeer();
    await closed(third);
    one.write({ from: 1 });
    two.write({ from: 2 });
    await arrivals(2);
    one.close();
    two.close();
  });

  test("a peer that stops reading is cut off, and memory stays bounded", async () => {
    await open();
    const peer = await rawPeer();
    peer.pause();
    peer.write(`{"type":"message","data":{}}${FRAME_END}`);
    await arrivals(1);
    const wire = wires[0];
    if (!wire) throw new Error("no connection");
    const big = { text: "x".repeat(50_000) };
    let written = 0;
    while (wire.write(big) === "written" && written < 1_000) {
      written += 1;
      await new Promise(setImmediate);
    }
    expect(written).toBeLessThan(200);
    expect(ends).toMatchObject([{ is: "peer-broke-protocol" }]);
    peer.destroy();
    await isStillServing();
  });

  test("who dials for long answers takes them, and nothing longer", async () => {
    await open();
    let length = 0;
    onArrival = () => wires.at(-1)?.write({ text: "x".repeat(length) });
    const long = 4 * FRAME_BYTES_MAX;
    const ask = async (forLength: number) => {
      length = forLength;
      const dialled = await dialSocket(path, 1_000, long);
      if (dialled.is !== "open") throw new Error(dialled.problem);
      const { wire } = dialled;
      const came = new Promise<unknown>((resolve) => {
        wire.onMessage(resolve);
        wire.onClosed(resolve);
      });
      wire.write({ how: "long" });
      const answer = await came;
      wire.close();
      return answer;
    };
    expect(await ask(long - 100)).toEqual({ text: "x".repeat(long - 100) });
    expect(await ask(long)).toEqual({
      is: "peer-broke-protocol",
      problem: `a frame passed ${long} bytes`,
    });
  });

  test("the client refuses frames no honest server sends", async () => {
    const rude = createServer((socket) => {
      socket.on("error", () => {});
      socket.write("x".repeat(FRAME_BYTES_MAX + 10));
    });
    await new Promise<void>((resolve) => rude.listen(path, resolve));
    const wire = await dial();
    expect(await new Promise<WireEnd>((resolve) => wire.onClosed(resolve))).toMatchObject({
      is: "peer-broke-protocol",
    });
    await new Promise((resolve) => rude.close(resolve));
  });
});

test("parseFrame answers any text", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(["message", "broken"]).toContain(parseFrame(text).is);
    }),
  );
});
