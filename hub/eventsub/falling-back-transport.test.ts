import { expect, test } from "vitest";
import { silentLog } from "../../tests/support/silent-log.ts";
import { makeFallingBackTransport } from "./falling-back-transport.ts";
import type { EventSubTransport } from "./transport.ts";

function makeRecorded(kind: "websocket" | "conduit", calls: string[]): EventSubTransport {
  const note = (what: string) => calls.push(`${kind} ${what}`);
  return {
    kind,
    begin: () => void note("begin"),
    need: (count) => void note(`need ${count}`),
    carriers: () => ({
      current: [{ id: kind, method: kind, capacity: 1 }],
      retiring: [],
      limits: { carriers: 1, capacity: 1, areShared: true },
      nameOf: (id) => id,
      isOurs: () => true,
    }),
    letGo: (id) => void note(`letGo ${id}`),
    inspect: async () => void note("inspect"),
    async renew() {
      note("renew");
      return { is: "refused", because: kind };
    },
    pause: () => void note("pause"),
    resume: () => void note("resume"),
    state: () => ({ kind, isPaused: false, connections: [], conduitId: undefined, problem: undefined }),
    stop: () => void note("stop"),
  };
}

function open() {
  const calls: string[] = [];
  let fall = (_because: string) => {};
  const transport = makeFallingBackTransport({
    preferred(onHopeless) {
      fall = onHopeless;
      return makeRecorded("conduit", calls);
    },
    otherwise: () => makeRecorded("websocket", calls),
    log: silentLog,
  });
  return { transport, calls, fall: (because: string) => fall(because) };
}

test("is the conduit while one is to be had", async () => {
  const { transport, calls } = open();
  transport.begin();
  transport.need(3);
  transport.letGo("x");
  await transport.inspect([]);
  transport.pause();
  transport.resume();
  expect(await transport.renew()).toEqual({ is: "refused", because: "conduit" });
  transport.stop();
  expect(calls).toEqual(
    ["begin", "need 3", "letGo x", "inspect", "pause", "resume", "renew", "stop"].map(
      (one) => `conduit ${one}`,
    ),
  );
  expect(transport.kind).toBe("conduit");
  expect(transport.state().problem).toBeUndefined();
});

test("falls back once, as things stand, and says why", () => {
  const { transport, calls, fall } = open();
  transport.begin();
  transport.need(7);
  calls.length = 0;
  fall("a wrong secret");
  fall("still wrong");
  expect(calls).toEqual(["conduit stop", "websocket begin", "websocket need 7"]);
  expect(transport.kind).toBe("websocket");
  expect(transport.carriers().current).toMatchObject([{ id: "websocket" }]);
  expect(transport.state().problem).toBe("in place of a conduit: a wrong secret");
});

test("stays paused over the fall", () => {
  const { transport, calls, fall } = open();
  transport.begin();
  transport.need(1);
  transport.pause();
  calls.length = 0;
  fall("full");
  expect(calls).toEqual(["conduit stop", "websocket pause", "websocket begin", "websocket need 1"]);
});
