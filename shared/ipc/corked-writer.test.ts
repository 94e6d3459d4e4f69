import { describe, expect, test } from "vitest";
import { makeCorkedWriter } from "./corked-writer.ts";

function open() {
  const written: string[] = [];
  const socket = {
    writable: true,
    write(text: string | Uint8Array) {
      written.push(String(text));
      return true;
    },
  };
  return { socket, written, writer: makeCorkedWriter(socket) };
}
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a corked writer", () => {
  test("makes one write of a hundred in one turn of the loop, on each of a hundred sockets", async () => {
    const sockets = Array.from({ length: 100 }, open);
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
