import { expect, test } from "vitest";
import { makeFakeClock, settled } from "../../../tests/support/fake-clock.ts";
import { silentLog } from "../../../tests/support/silent-log.ts";
import type { Delivery } from "../../output.ts";
import { RECEIPT_WITHIN_MS } from "./receipts.ts";
import { type LateEnd, makeSendDesk } from "./send-desk.ts";

/** A moderator's desk that may always speak, in a channel that hears everything and says nothing of it by itself. */
function open() {
  const clock = makeFakeClock();
  const late: LateEnd[] = [];
  const nonces: string[] = [];
  const ends: Delivery[] = [];
  const desk = makeSendDesk({
    permits: {
      take: () => ({ isOfLease: false, used() {}, giveBack() {} }),
      wish() {},
      listen() {},
      place() {},
    },
    chatLog: { said() {} },
    accountLate: (one) => late.push(one),
    clock,
    log: silentLog,
  });
  desk.listener.standing("moderator");
  desk.listener.opened({
    say(_text, nonce) {
      nonces.push(nonce);
      return "written";
    },
  });
  const send = (key: string) =>
    void desk
      .send({ text: key, lane: "command", key, deadlineAt: clock.now() + 10_000, onWritten() {} })
      .then((end) => ends.push(end));
  return { clock, desk, late, nonces, ends, send };
}

test("what was said and met silence is unknown, and its account is set right when the word comes after all", async () => {
  const { clock, desk, late, nonces, ends, send } = open();
  send("signal-1 0");
  send("signal-2 0");
  await clock.advance(RECEIPT_WITHIN_MS);
  expect(ends.map(({ is }) => is)).toEqual(["unknown", "unknown"]);
  await clock.advance(1_000);
  desk.listener.echoed(nonces[1]);
  expect(late).toEqual([{ delivery: "signal-2 0", is: "accepted", afterMs: RECEIPT_WITHIN_MS + 1_000 }]);
});

test("is answered when each text has its word, also one that was said after the question", async () => {
  const { clock, desk, nonces, send } = open();
  let isAnswered = false;
  send("a");
  await settled();
  void desk.answered().then(() => {
    isAnswered = true;
  });
  send("b");
  desk.listener.echoed(nonces[0]);
  await settled();
  expect(isAnswered).toBe(false);
  desk.listener.echoed(nonces[1]);
  await settled();
  expect(isAnswered).toBe(true);
  expect(clock.pending()).toBe(0);
});

test("a connection that goes takes the word on what was said with it", async () => {
  const { desk, ends, send } = open();
  send("a");
  desk.listener.closed();
  await settled();
  expect(ends).toMatchObject([{ is: "unknown" }]);
});
