import { expect, test } from "vitest";
import { makeFakeClock, settled } from "../../../tests/support/fake-clock.ts";
import { silentLog } from "../../../tests/support/silent-log.ts";
import type { Delivery } from "../../output.ts";
import { RECEIPT_WITHIN_MS } from "./receipts.ts";
import { type LateEnd, makeSendDesk } from "./send-desk.ts";

/** A desk that may always speak, in a channel that hears everything and says nothing of it by itself. */
function open(standing: "moderator" | "viewer" = "moderator") {
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
  desk.listener.standing(standing);
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

test("a viewer's next text goes a second after Twitch has answered the one before, however late that is", async () => {
  const { clock, desk, nonces, send } = open("viewer");
  send("a");
  send("b");
  await clock.advance(3_000);
  expect(nonces).toHaveLength(1);
  desk.listener.echoed(nonces[0]);
  await clock.advance(1_000);
  expect(nonces).toHaveLength(1);
  await clock.advance(10);
  expect(nonces).toHaveLength(2);
});

test("a viewer whose text met silence speaks again when the patience for it is over", async () => {
  const { clock, nonces, ends, send } = open("viewer");
  send("a");
  send("b");
  await clock.advance(RECEIPT_WITHIN_MS);
  expect(ends.map(({ is }) => is)).toEqual(["unknown"]);
  await clock.advance(1_010);
  expect(nonces).toHaveLength(2);
});

test("nothing said into a connection that is gone keeps the next one waiting", async () => {
  const { clock, desk, nonces, ends, send } = open("viewer");
  desk.listener.opened({ say: () => "closed" });
  send("a");
  await settled();
  expect(ends.map(({ is }) => is)).toEqual(["dropped"]);
  desk.listener.opened({
    say(_text, nonce) {
      nonces.push(nonce);
      return "written";
    },
  });
  send("b");
  await clock.advance(1_200);
  expect(nonces).toHaveLength(1);
});
