import { expect, test } from "vitest";
import type { IdLogin, PolledDevice } from "../../shared/twitch/id-login.ts";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { plainPaint } from "../paint.ts";
import { loginByDevice } from "./device-login.ts";

const device = {
  deviceCode: "secret-device-code",
  userCode: "ABCDEFGH",
  verificationUri: "https://www.twitch.tv/activate?device-code=ABCDEFGH",
  expiresInMs: 60_000,
  pollEveryMs: 5_000,
};
const granted: PolledDevice = { is: "granted", login: { accessToken: "a", refreshToken: "r" } };

/** Twitch answers each poll with the next of these; the last for ever. */
function open(answers: readonly PolledDevice[]) {
  const clock = makeFakeClock();
  const polledAt: number[] = [];
  const said: string[] = [];
  const stopping = new AbortController();
  const idLogin: IdLogin = {
    startDevice: async () => ({ is: "started", device }),
    async pollDevice() {
      polledAt.push(clock.now());
      return answers[Math.min(polledAt.length, answers.length) - 1] ?? granted;
    },
    exchangeCode: () => Promise.reject(new Error("not asked for")),
    revoke: () => Promise.reject(new Error("not asked for")),
  };
  const desk = {
    clock,
    paint: plainPaint,
    say: (text: string) => void said.push(text),
    warn: (text: string) => void said.push(text),
  };
  const done = loginByDevice({ idLogin, scopes: ["chat:read"], desk, stopping: stopping.signal });
  return { clock, polledAt, said, stopping, done };
}

test("asks as often as Twitch wants to be asked, until somebody agrees", async () => {
  const at = open([{ is: "pending" }, { is: "pending" }, granted]);
  await at.clock.advance(60_000);
  expect(await at.done).toEqual(granted);
  expect(at.polledAt).toEqual([5_000, 10_000, 15_000]);
  expect(at.clock.pending()).toBe(0);
});

test("shows the link and the code, and never the code that is polled with", async () => {
  const at = open([granted]);
  await at.clock.advance(5_000);
  await at.done;
  const shown = at.said.join("\n");
  expect(shown).toContain(device.verificationUri);
  expect(shown).toContain("code   ABCDEFGH");
  expect(shown).not.toContain(device.deviceCode);
});

test("asks less often from each slow-down on", async () => {
  const at = open([{ is: "slow-down" }, { is: "pending" }, { is: "slow-down" }, granted]);
  await at.clock.advance(60_000);
  expect(await at.done).toEqual(granted);
  expect(at.polledAt).toEqual([5_000, 15_000, 25_000, 40_000]);
});

test("a Twitch that is away is asked again, and said once", async () => {
  const away: PolledDevice = { is: "away", problem: "fetch failed" };
  const at = open([away, away, away, granted]);
  await at.clock.advance(60_000);
  expect(await at.done).toEqual(granted);
  expect(at.said.filter((line) => line.includes("fetch failed"))).toHaveLength(1);
});

test.each<[string, PolledDevice, RegExp]>([
  [
    "denied",
    { is: "gone", problem: "400 invalid device code" },
    /denied, or the code was used .* nothing was stored/,
  ],
  ["refused", { is: "refused", problem: "400 invalid client" }, /Twitch refuses: "400 invalid client"/],
])("%s is the end of it", async (_what, answer, words) => {
  const at = open([answer]);
  await at.clock.advance(60_000);
  const done = await at.done;
  expect(done).toMatchObject({ is: "refused", because: expect.stringMatching(words) });
  expect(at.polledAt).toHaveLength(1);
});

test("a code that nobody used in time is given up, without a poll after its end", async () => {
  const at = open([{ is: "pending" }]);
  await at.clock.advance(120_000);
  expect(await at.done).toMatchObject({
    is: "refused",
    because: expect.stringContaining("nobody agreed in time"),
  });
  expect(at.polledAt.at(-1)).toBeLessThan(60_000);
  expect(at.clock.pending()).toBe(0);
});

test("Ctrl-C ends it at once and leaves nothing running", async () => {
  const at = open([{ is: "pending" }]);
  await settled();
  at.stopping.abort();
  expect(await at.done).toMatchObject({ is: "stopped" });
  expect(at.clock.pending()).toBe(0);
});
