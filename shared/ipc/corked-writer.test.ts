import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { FLOOD_PACE_MS, FLOOD_RATE, FULL_CHARS, makeCorkedWriter, makeFlushRounds } from "./corked-writer.ts";

function open(rounds = makeFlushRounds(makeFakeClock())) {
  const written: string[] = [];
  const socket = {
    writable: true,
    write(text: string | Uint8Array) {
      written.push(String(text));
      return true;
    },
  };
  return { socket, written, writer: makeCorkedWriter(socket, rounds) };
}
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a corked writer", () => {
  test("makes one write of a hundred in one turn of the loop, on each of a hundred sockets", async () => {
    const rounds = makeFlushRounds(makeFakeClock());
    const sockets = Array.from({ length: 100 }, () => open(rounds));
    for (let n = 0; n < 100; n += 1) for (const { writer } of sockets) writer.write(`${n} `);
    expect(sockets.flatMap(({ written }) => written)).toEqual([]);
    await nextTurn();
    const whole = Array.from({ length: 100 }, (_, n) => `${n} `).join("");
    for (const { written, writer } of sockets) {
      expect(written).toEqual([whole]);
      expect(writer.pending()).toBe(0);
    }
  });

  test("gathers also what comes in later callbacks of the same turn, and writes the next turn's by itself", async () => {
    const { writer, written } = open();
    writer.write("a");
    await Promise.resolve();
    writer.write("b");
    expect(writer.pending()).toBe(2);
    await nextTurn();
    writer.write("c");
    await nextTurn();
    expect(written).toEqual(["ab", "c"]);
  });

  test("gives the rest at once when it is told to, and nothing to a socket that is gone", async () => {
    const { writer, written, socket } = open();
    writer.write("last");
    writer.flush();
    expect(written).toEqual(["last"]);
    writer.write("too late");
    socket.writable = false;
    await nextTurn();
    expect(written).toEqual(["last"]);
  });
});

describe("in a flood a corked writer", () => {
  /** So many within the while that is looked at are a flood, and not a great one. */
  const FLOOD_MESSAGES = FLOOD_RATE * FLOOD_PACE_MS.least;

  /** Many messages on a line of their own. */
  async function openFlood(messages = FLOOD_MESSAGES) {
    const clock = makeFakeClock();
    const rounds = makeFlushRounds(clock);
    const line = open(rounds);
    line.writer.write("-");
    await nextTurn();
    for (let n = 0; n < messages; n += 1) line.writer.write("-");
    await clock.advance(1);
    return { clock, line, another: () => open(rounds) };
  }

  test("waits for more where it wrote a moment ago, and for so long at most", async () => {
    const { clock, line, another } = await openFlood();
    const { writer, written } = another();
    writer.write("a");
    await nextTurn();
    expect(written).toEqual(["a"]);
    for (const more of ["b", "c", "d"]) {
      writer.write(more);
      await clock.advance(1);
    }
    expect(written).toEqual(["a"]);
    expect(writer.pending()).toBe(3);
    await clock.advance(FLOOD_PACE_MS.least);
    expect(written).toEqual(["a", "bcd"]);
    expect(line.written.join("")).toBe("-".repeat(1 + FLOOD_MESSAGES));
    expect(clock.pending()).toBe(0);
  });

  test("waits the longer the greater the flood is, up to a bound", async () => {
    const waited = [];
    for (const times of [1, 2, 100]) {
      const { clock, another } = await openFlood(times * FLOOD_MESSAGES);
      const { writer, written } = another();
      writer.write("a");
      await nextTurn();
      writer.write("b");
      let waitedMs = 0;
      for (; written.length < 2; waitedMs += 1) await clock.advance(1);
      waited.push(waitedMs);
    }
    // What is written here belongs to the flood, too, and a step of this clock is a millisecond.
    const bounds = [FLOOD_PACE_MS.least, 2 * FLOOD_PACE_MS.least, FLOOD_PACE_MS.most];
    expect(waited.map((ms, n) => Math.abs(ms - (bounds[n] ?? 0)) <= 1)).toEqual([true, true, true]);
  });

  test("writes at once what is worth a write of its own", async () => {
    const { clock, another } = await openFlood();
    const { writer, written } = another();
    writer.write("a");
    await nextTurn();
    writer.write("b".repeat(FULL_CHARS));
    await nextTurn();
    expect(written.map(({ length }) => length)).toEqual([1, FULL_CHARS]);
    await clock.advance(FLOOD_PACE_MS.most);
    expect(clock.pending()).toBe(0);
  });

  test("gives what it holds back before the socket is ended, and only once", async () => {
    const { clock, another } = await openFlood();
    const { writer, written } = another();
    writer.write("a");
    await nextTurn();
    writer.write("b");
    await nextTurn();
    writer.flush();
    expect(written).toEqual(["a", "b"]);
    await clock.advance(FLOOD_PACE_MS.most);
    expect(written).toEqual(["a", "b"]);
    expect(clock.pending()).toBe(0);
  });

  test("is as quick as ever when the flood is over", async () => {
    const { clock, another } = await openFlood();
    const { writer, written } = another();
    await clock.advance(2 * FLOOD_PACE_MS.most);
    for (const message of ["a", "b", "c"]) {
      writer.write(message);
      await nextTurn();
      clock.sleep(1);
    }
    expect(written).toEqual(["a", "b", "c"]);
    expect(clock.pending()).toBe(0);
  });

  test("loses nothing and keeps the order, whatever comes when", async () => {
    const step = fc.record({ to: fc.nat(4), count: fc.nat(60), thenMs: fc.nat(2 * FLOOD_PACE_MS.most) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const clock = makeFakeClock();
        const rounds = makeFlushRounds(clock);
        const lines = Array.from({ length: 5 }, () => ({ ...open(rounds), said: "" }));
        let serial = 0;
        for (const { to, count, thenMs } of steps) {
          const line = lines[to];
          for (let n = 0; line && n < count; n += 1) {
            serial += 1;
            const text = `${serial} `;
            line.writer.write(text);
            line.said += text;
          }
          await clock.advance(thenMs);
        }
        await clock.advance(2 * FLOOD_PACE_MS.most);
        for (const { written, said } of lines) expect(written.join("")).toBe(said);
        expect(clock.pending()).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
