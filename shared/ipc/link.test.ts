import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { type FakeClock, makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { CliToSupervisor, SupervisorToCli } from "./control.ts";
import { findHouseKey, isCredential, makeCredential, openHouseKey } from "./house-key.ts";
import { CliToHub, HubToCli } from "./hub-control.ts";
import { HubToWorker, WorkerToHub } from "./hub-worker.ts";
import { startLastingLink } from "./lasting-link.ts";
import { HOUSE_PULSE, type LinkEnd, openLink } from "./link.ts";
import { makePendingRequests } from "./pending-requests.ts";
import { HELLO_WITHIN_MS, receiveStranger } from "./reception.ts";
import type { Dialled } from "./socket-client.ts";
import { ChildToSupervisor, SupervisorToChild } from "./supervisor-child.ts";
import { type Encoded, encode, type Wire, type WireEnd } from "./wire.ts";

/** Two ends of a wire in memory; what is written passes through JSON as on a socket. */
function makeWirePair(): readonly [Wire, Wire] {
  const ends = [makeEnd(), makeEnd()] as const;
  const [a, b] = ends;
  a.peer = b;
  b.peer = a;
  return [a.wire, b.wire];
}
function makeEnd() {
  let listenMessage: ((message: unknown) => void) | undefined;
  let listenClosed: ((end: WireEnd) => void) | undefined;
  let early: unknown[] = [];
  let isOver = false;
  const end = {
    peer: undefined as { hear(message: unknown): void; finish(end: WireEnd): void } | undefined,
    hear(message: unknown) {
      if (listenMessage) listenMessage(message);
      else early.push(message);
    },
    finish(because: WireEnd) {
      if (isOver) return;
      isOver = true;
      listenClosed?.(because);
    },
    wire: {
      write(message: object | Encoded<object>) {
        if (isOver) return "closed" as const;
        end.peer?.hear(JSON.parse(typeof message === "string" ? message : JSON.stringify(message)));
        return "written" as const;
      },
      onMessage(listen: (message: unknown) => void) {
        listenMessage = listen;
        for (const message of early) listen(message);
        early = [];
      },
      onClosed(listen: (because: WireEnd) => void) {
        listenClosed = listen;
      },
      close() {
        end.finish({ is: "closed-by-us" });
        end.peer?.finish({ is: "peer-left" });
      },
    } satisfies Wire,
  };
  return end;
}

const Talk = v.variant("kind", [v.object({ kind: v.literal("say"), text: v.string() })]);
type Talk = v.InferOutput<typeof Talk>;
const say = (text: string): Talk => ({ kind: "say", text });

function openPair(clock: FakeClock, onB: (message: Talk) => void = () => {}) {
  const [wireA, wireB] = makeWirePair();
  const heard: string[] = [];
  const open = (wire: Wire, listen: (message: Talk) => void) =>
    openLink<Talk, Talk>(wire, Talk, { clock, log: silentLog, pulse: HOUSE_PULSE, onMessage: listen });
  const a = open(wireA, () => {});
  const b = open(wireB, (message) => {
    heard.push(message.text);
    onB(message);
  });
  return { a, b, wireA, heard };
}

describe("a link", () => {
  test("hands on what belongs to the conversation", () => {
    const clock = makeFakeClock();
    const { a, b, heard } = openPair(clock);
    expect(a.send(say("hello"))).toBe("sent");
    expect(heard).toEqual(["hello"]);
    a.close();
    b.close();
    expect(clock.pending()).toBe(0);
  });

  test("ends with the reason when the other end speaks nonsense, and tells it", async () => {
    const { a, b, wireA } = openPair(makeFakeClock());
    wireA.write({ kind: "shout", text: 7 });
    expect(await b.closed).toMatchObject({
      is: "peer-spoke-nonsense",
      problem: expect.stringContaining("kind"),
    });
    expect(await a.closed).toMatchObject({
      is: "peer-said-goodbye",
      because: expect.stringContaining("kind"),
    });
    expect(b.send(say("x"))).toBe("closed");
  });

  test("asks after the other end when it is silent, and never one that speaks", async () => {
    const clock = makeFakeClock();
    const [ours, theirs] = makeWirePair();
    const asked: unknown[] = [];
    theirs.onMessage((message) => asked.push(message));
    const link = openLink<Talk, Talk>(ours, Talk, {
      clock,
      log: silentLog,
      pulse: HOUSE_PULSE,
      onMessage: () => {},
    });
    for (let time = 0; time < 10; time += 1) {
      await clock.advance(HOUSE_PULSE.everyMs / 2);
      theirs.write(say("beat"));
    }
    expect(asked).toEqual([]);
    await clock.advance(2 * HOUSE_PULSE.everyMs);
    expect(asked).toContainEqual({ kind: "ping" });
    theirs.write({ kind: "pong" });
    await clock.advance(HOUSE_PULSE.silenceMaxMs);
    expect(link.send(say("still here"))).toBe("sent");
    link.close();
    expect(clock.pending()).toBe(0);
  });

  test("finds out that the other end is stopped, and keeps a quiet but living one", async () => {
    const clock = makeFakeClock();
    const { a, b } = openPair(clock);
    await clock.advance(60_000);
    expect(a.send(say("still here"))).toBe("sent");
    const [lonely] = makeWirePair();
    const dead = openLink<Talk, Talk>(lonely, Talk, {
      clock,
      log: silentLog,
      pulse: HOUSE_PULSE,
      onMessage: () => {},
    });
    await clock.advance(HOUSE_PULSE.silenceMaxMs + HOUSE_PULSE.everyMs);
    expect(await dead.closed).toMatchObject({ is: "peer-silent" });
    a.close();
    b.close();
  });

  test("a message that was made into JSON before is heard as any other", () => {
    const { a, b, heard } = openPair(makeFakeClock());
    const kept = encode(say("kept"));
    a.send(kept);
    a.send(kept);
    expect(heard).toEqual(["kept", "kept"]);
    b.close();
  });

  test("survives a handler that throws", () => {
    const { a, b, heard } = openPair(makeFakeClock(), (message) => {
      if (message.text === "boom") throw new Error("a bug");
    });
    a.send(say("boom"));
    a.send(say("after"));
    expect(heard).toEqual(["boom", "after"]);
    b.close();
  });

  test("no message, however wrong, throws out of a conversation's door", () => {
    const doors = [
      CliToHub,
      CliToSupervisor,
      HubToCli,
      SupervisorToCli,
      HubToWorker,
      WorkerToHub,
      ChildToSupervisor,
      SupervisorToChild,
    ];
    const kinds = [
      "hello",
      "welcome",
      "event",
      "request",
      "response",
      "stage",
      "beat",
      "want-topics",
      "event-received",
      "gap",
      "status",
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.record({ kind: fc.constantFrom(...kinds), id: fc.anything(), seq: fc.anything() }),
        ),
        (message) => {
          for (const door of doors) v.safeParse(door, message);
        },
      ),
    );
  });
});

describe("a stranger", () => {
  const meet = (clock: FakeClock) => {
    const [theirs, ours] = makeWirePair();
    const begun: unknown[] = [];
    const goodbyes: unknown[] = [];
    receiveStranger(
      ours,
      { chat: { version: 2, begin: (wire) => wire.onMessage((message) => begun.push(message)) } },
      { clock, log: silentLog },
    );
    theirs.onMessage((message) => goodbyes.push(message));
    return { theirs, begun, goodbyes };
  };

  test("who says hello is heard from the first word on", () => {
    const clock = makeFakeClock();
    const { theirs, begun } = meet(clock);
    const hello = { kind: "hello", conversation: "chat", version: 2 };
    theirs.write(hello);
    theirs.write({ kind: "more" });
    expect(begun).toEqual([hello, { kind: "more" }]);
    expect(clock.pending()).toBe(0);
  });

  test.each([
    [{ kind: "say" }, "the first message must be a hello"],
    [
      { kind: "hello", conversation: "constructor", version: 2 },
      "this socket does not hold that conversation",
    ],
    [{ kind: "hello", conversation: "chat", version: 1 }, "version 1 of chat was said, 2 is spoken here"],
  ])("is refused for %j", (first, because) => {
    const { theirs, begun, goodbyes } = meet(makeFakeClock());
    theirs.write(first);
    expect(goodbyes).toEqual([{ kind: "goodbye", because }]);
    expect(begun).toEqual([]);
  });

  test("who says nothing is shown out", async () => {
    const clock = makeFakeClock();
    const { goodbyes } = meet(clock);
    await clock.advance(HELLO_WITHIN_MS);
    expect(goodbyes).toEqual([{ kind: "goodbye", because: "no hello in time" }]);
  });
});

describe("a lasting link", () => {
  test("says hello on each connection, rests longer after each failure, and stops for good", async () => {
    const clock = makeFakeClock();
    const dialsAt: number[] = [];
    const hellos: unknown[] = [];
    let answer: (() => Dialled) | undefined;
    const ends: LinkEnd[] = [];
    let peer: Wire | undefined;
    const link = startLastingLink<Talk, Talk>({
      name: "test",
      path: "nowhere",
      incoming: Talk,
      hello: () => say(`hello ${dialsAt.length}`),
      clock,
      random: () => 0.999,
      log: silentLog,
      pulse: HOUSE_PULSE,
      backoff: { first: 100, longest: 400, jitter: 0 },
      async dial() {
        dialsAt.push(clock.now());
        return answer?.() ?? { is: "refused", problem: "nobody" };
      },
      onMessage: () => {},
      onEnd: (end) => ends.push(end),
    });
    await clock.advance(1_500);
    expect(dialsAt).toEqual([0, 100, 300, 700, 1_100, 1_500]);
    expect(link.send(say("x"))).toBe("closed");

    answer = () => {
      const [mine, theirs] = makeWirePair();
      peer = theirs;
      theirs.onMessage((message) => hellos.push(message));
      return { is: "open", wire: mine };
    };
    await clock.advance(400);
    expect(hellos).toEqual([say("hello 7")]);
    expect(link.isOpen()).toBe(true);
    await clock.advance(12_000);
    peer?.close();
    await settled();
    expect(ends).toEqual([{ is: "peer-left" }]);
    await clock.advance(100);
    expect(hellos.at(-1)).toEqual(say("hello 8"));
    link.stop();
    await clock.advance(10_000);
    expect(dialsAt).toHaveLength(8);
    expect(clock.pending()).toBe(0);
  });
});

test("each question ends in its answer, its deadline or the lost link", async () => {
  const clock = makeFakeClock();
  const requests = makePendingRequests<string>(clock);
  const ids: number[] = [];
  const ask = (withinMs: number) =>
    requests.ask((id) => {
      ids.push(id);
      return "sent";
    }, withinMs);
  const [first, second, third] = [ask(100), ask(100), ask(1_000)];
  requests.settle(ids[1] ?? 0, "two");
  expect(await second).toEqual({ is: "answered", answer: "two" });
  await clock.advance(100);
  expect(await first).toEqual({ is: "no-answer", because: "too-late" });
  requests.settle(ids[0] ?? 0, "late");
  requests.linkClosed();
  expect(await third).toEqual({ is: "no-answer", because: "link-closed" });
  expect(await requests.ask(() => "closed", 100)).toEqual({ is: "no-answer", because: "link-closed" });
  expect(clock.pending()).toBe(0);
});

test("the house key is made once, and a credential fits one name only", () => {
  const folder = mkdtempSync(join(tmpdir(), "kissbot-key-"));
  const file = join(folder, "house.key");
  const key = openHouseKey(file);
  expect(openHouseKey(file)).toBe(key);
  expect(findHouseKey(join(folder, "none"))).toBeUndefined();
  const credential = makeCredential(key, "worker:alice 1");
  expect(isCredential(key, "worker:alice 1", credential)).toBe(true);
  expect(isCredential(key, "worker:bob 1", credential)).toBe(false);
  expect(isCredential(key, "worker:alice 1", credential.slice(1))).toBe(false);
  rmSync(folder, { recursive: true });
});
