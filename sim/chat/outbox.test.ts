import fc from "fast-check";
import { expect, test } from "vitest";
import { makeFaultDesk } from "../fault-desk.ts";
import type { IrcWire } from "./irc-wire.ts";
import { makeOutbox } from "./outbox.ts";
import { makeTestWorld } from "./test-house.ts";

function openOutbox() {
  const world = makeTestWorld();
  const faults = makeFaultDesk();
  const out: string[] = [];
  const wire: IrcWire = {
    transport: "tcp",
    write: (data) => out.push(data.toString().trimEnd()),
    close: () => out.push("closed"),
    cut: () => {},
  };
  return { world, faults, out, outbox: makeOutbox({ world, faults, wire }) };
}

test("without faults everything leaves at once", () => {
  const { world, out, outbox } = openOutbox();
  expect(outbox.send("a")).toBe(true);
  outbox.finish();
  expect(out).toEqual(["a", "closed"]);
  world.clock.stop();
});

test("nothing overtakes anything, however the delay changes", () => {
  const step = fc.record({ ms: fc.nat(500), advance: fc.nat(300) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { world, faults, out, outbox } = openOutbox();
      for (const [turn, { ms, advance }] of steps.entries()) {
        faults.apply({ do: "delay", place: "irc", ms });
        outbox.send(String(turn));
        world.clock.advance(advance);
      }
      outbox.finish();
      world.clock.advance(1_000);
      expect(out).toEqual([...Array.from(steps.keys(), String), "closed"]);
      world.clock.stop();
    }),
    { numRuns: 50 },
  );
});

test("a delayed line leaves when its time has come and not before", () => {
  const { world, faults, out, outbox } = openOutbox();
  faults.apply({ do: "delay", place: "irc", ms: 10_000 });
  outbox.send("a");
  world.clock.advance(5_000);
  outbox.send("b");
  expect(out).toEqual([]);
  world.clock.advance(5_000);
  expect(out).toEqual(["a"]);
  outbox.drop();
  world.clock.advance(60_000);
  expect(out).toEqual(["a"]);
  world.clock.stop();
});

test("muted lines are lost for good, the goodbye is not", () => {
  const { world, faults, out, outbox } = openOutbox();
  faults.apply({ do: "mute", place: "irc", on: true });
  expect(outbox.send("a")).toBe(false);
  faults.apply({ do: "mute", place: "irc", on: false });
  faults.apply({ do: "drop", place: "irc", share: 1 });
  expect(outbox.send("b")).toBe(false);
  outbox.finish();
  expect(out).toEqual(["closed"]);
  world.clock.stop();
});
