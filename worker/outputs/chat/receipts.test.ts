import { expect, test } from "vitest";
import { makeFakeClock, settled } from "../../../tests/support/fake-clock.ts";
import type { Delivery } from "../../output.ts";
import { type End, LAST_LOOK_MS, makeReceipts, RECEIPT_WITHIN_MS } from "./receipts.ts";

/** Three texts on their way. */
function write() {
  const clock = makeFakeClock();
  const receipts = makeReceipts(clock);
  const ends: Record<string, Delivery> = {};
  const late: string[] = [];
  for (const nonce of ["a", "b", "c"]) {
    const onLate = (end: End) => void late.push(`${nonce} ${end.is}`);
    void receipts.expect({ nonce, writtenAt: 0, onLate }).then((end) => {
      ends[nonce] = end;
    });
  }
  const ended = async () => {
    await settled();
    return Object.fromEntries(Object.entries(ends).map(([nonce, { is }]) => [nonce, is]));
  };
  return { clock, receipts, ends, ended, late };
}

test("an echo settles the text it names: a dropped one before it is not reported as accepted", async () => {
  const { clock, receipts, ended } = write();
  receipts.accept("b");
  receipts.accept("c");
  expect(await ended()).toEqual({ b: "accepted", c: "accepted" });
  await clock.advance(RECEIPT_WITHIN_MS);
  expect(await ended()).toEqual({ a: "unknown", b: "accepted", c: "accepted" });
  expect(clock.pending()).toBe(0);
});

test("a NOTICE settles the oldest that has no echo", async () => {
  const { receipts, ends, ended } = write();
  receipts.accept("a");
  receipts.refuse("msg_timedout");
  expect(await ended()).toEqual({ a: "accepted", b: "dropped" });
  expect(ends.b).toEqual({ is: "dropped", because: "msg_timedout", writtenAt: 0 });
  receipts.connectionLost();
});

test("where no nonce comes back, order must do", async () => {
  const { receipts, ended } = write();
  receipts.accept(undefined);
  receipts.refuse("msg_r9k");
  expect(await ended()).toEqual({ a: "accepted", b: "dropped" });
  receipts.connectionLost();
  expect(await ended()).toEqual({ a: "accepted", b: "dropped", c: "unknown" });
});

test("an answer that comes late settles nothing else, and is told once, as what it is", async () => {
  const { receipts, clock, ended, late } = write();
  await clock.advance(RECEIPT_WITHIN_MS);
  void receipts.expect({ nonce: "d", writtenAt: 5_000, onLate: () => {} });
  receipts.accept("a");
  receipts.accept("a");
  receipts.refuse("msg_duplicate", "b");
  expect(await ended()).toEqual({ a: "unknown", b: "unknown", c: "unknown" });
  expect(late).toEqual(["a accepted", "b dropped"]);
  receipts.connectionLost();
  receipts.accept("c");
  expect(late).toHaveLength(2);
});

test("answers that never come are not remembered for ever", async () => {
  const { receipts, clock, ended, late } = write();
  await clock.advance(RECEIPT_WITHIN_MS);
  for (let count = 0; count < 198; count += 1)
    void receipts.expect({ nonce: `${count}`, writtenAt: 5_000, onLate: () => {} });
  await clock.advance(RECEIPT_WITHIN_MS);
  await ended();
  receipts.accept("a");
  receipts.accept("b");
  expect(late).toEqual(["b accepted"]);
});

test("a process that was paused reads what has arrived before it takes silence for an answer", async () => {
  const { receipts, clock, ended } = write();
  clock.sleep(2 * RECEIPT_WITHIN_MS);
  await clock.advance(0);
  receipts.accept("b");
  expect(await ended()).toEqual({ b: "accepted" });
  await clock.advance(LAST_LOOK_MS);
  expect(await ended()).toEqual({ a: "unknown", b: "accepted", c: "unknown" });
  expect(clock.pending()).toBe(0);
});

test("words that Twitch refuses for themselves are refused for good", async () => {
  const { receipts, ends, ended } = write();
  receipts.refuse("msg_rejected_mandatory");
  await ended();
  expect(ends.a).toMatchObject({ because: "msg_rejected_mandatory", isFinal: true });
  receipts.connectionLost();
});
