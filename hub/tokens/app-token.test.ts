import { describe, expect, test } from "vitest";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { type Granted, toGranted } from "../twitch/id-twitch.ts";
import { makeAppToken } from "./app-token.ts";

const HOUR_MS = 3_600_000;

function open(answer: (asked: number) => Granted) {
  const clock = makeFakeClock();
  let asked = 0;
  const token = makeAppToken({
    idTwitch: {
      async grantToApplication() {
        asked += 1;
        const count = asked;
        await new Promise<void>((resolve) => {
          clock.after(100, resolve);
        });
        return answer(count);
      },
    },
    clock,
    random: () => 0,
    log: silentLog,
  });
  const soon = async <T>(promise: Promise<T>) => {
    await clock.advance(100);
    return promise;
  };
  return { clock, token, soon, asked: () => asked };
}
const fresh = (count: number): Granted => ({ is: "fresh", accessToken: `t${count}`, expiresInMs: HOUR_MS });

describe("the application's token", () => {
  test("is fetched once for all who ask at the same time, and kept", async () => {
    const { token, soon, asked } = open(fresh);
    const answers = await soon(Promise.all([token.get(), token.get(), token.get()]));
    expect(answers).toEqual(Array(3).fill({ is: "token", accessToken: "t1" }));
    expect(await token.get()).toEqual({ is: "token", accessToken: "t1" });
    expect(asked()).toBe(1);
  });

  test("is renewed before it expires, and is handed out meanwhile", async () => {
    const { clock, token, soon, asked } = open(fresh);
    await soon(token.get());
    await clock.advance(HOUR_MS - 10 * 60_000);
    expect(await token.get()).toEqual({ is: "token", accessToken: "t1" });
    await clock.advance(100);
    expect(await token.get()).toEqual({ is: "token", accessToken: "t2" });
    expect(asked()).toBe(2);
  });

  test("nobody waits for a renewal that fails while the old one is good", async () => {
    const { clock, token, soon, asked } = open((count) =>
      count === 1 ? fresh(1) : { is: "away", problem: "503" },
    );
    await soon(token.get());
    await clock.advance(HOUR_MS - 9 * 60_000);
    for (let minute = 0; minute < 8; minute += 1) {
      expect(await token.get()).toEqual({ is: "token", accessToken: "t1" });
      await clock.advance(60_000);
    }
    expect(asked()).toBeGreaterThan(3);
    await clock.advance(60_000);
    expect(await soon(token.get())).toEqual({ is: "away", problem: "503" });
  });

  test("is replaced when Twitch refuses it, once for a crowd, and not when it is another's complaint", async () => {
    const { clock, token, soon, asked } = open(fresh);
    await soon(token.get());
    const rejected = tokenFingerprint("t1");
    const answers = await soon(Promise.all([token.replace(rejected), token.replace(rejected)]));
    expect(answers).toEqual(Array(2).fill({ is: "token", accessToken: "t2" }));
    expect(await token.replace(rejected)).toEqual({ is: "token", accessToken: "t2" });
    expect(asked()).toBe(2);
    // A fresh one that is refused as well has another fault than its age.
    expect(await token.replace(tokenFingerprint("t2"))).toEqual({ is: "token", accessToken: "t2" });
    await clock.advance(5_000);
    expect(await soon(token.replace(tokenFingerprint("t2")))).toEqual({ is: "token", accessToken: "t3" });
  });

  test.each<["away" | "refused", number]>([
    ["away", 30],
    ["refused", 6],
  ])("asks more and more rarely while Twitch is or has %s", async (is, most) => {
    const { clock, token, asked } = open(() => ({ is, problem: "no" }));
    for (let second = 0; second < 600; second += 1) {
      void token.get();
      await clock.advance(1_000);
    }
    expect(await token.get()).toEqual({ is, problem: "no" });
    expect(asked()).toBeLessThan(most);
    expect(asked()).toBeGreaterThan(1);
  });
});

test.each<[number, unknown, Granted]>([
  [
    200,
    { access_token: "a", expires_in: 5, token_type: "bearer" },
    { is: "fresh", accessToken: "a", expiresInMs: 5_000 },
  ],
  [200, { access_token: "a" }, { is: "fresh", accessToken: "a", expiresInMs: undefined }],
  [200, { access_token: "" }, { is: "away", problem: "token answered in an unknown shape" }],
  [200, "<html>", { is: "away", problem: "token answered in an unknown shape" }],
  [403, { message: "invalid client secret" }, { is: "refused", problem: "403 invalid client secret" }],
  [400, { message: "invalid client" }, { is: "refused", problem: "400 invalid client" }],
  [500, undefined, { is: "away", problem: "500" }],
  [429, {}, { is: "away", problem: "429" }],
])("toGranted %d %j", (status, body, granted) => {
  expect(toGranted(status, body)).toEqual(granted);
});
