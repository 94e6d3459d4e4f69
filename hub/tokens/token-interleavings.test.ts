/**
 * Whatever happens in whatever order: tokens that run out or are refused, a Twitch that is down, answers a refresh
 * with an error or is never heard again, a disk that takes nothing, hubs that stop or are killed in the middle.
 */
import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import type { StoredTokens, TokenStore } from "../../db/token-store.ts";
import type { Millis } from "../../shared/clock.ts";
import { Login, UserId } from "../../shared/ids.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import { type FakeClock, makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import type { IdTwitch } from "../twitch/id-twitch.ts";
import { startTokenOwner, type TokenAnswer, type TokenOwner } from "./token-owner.ts";

const kissbot = v.parse(Login, "kissbot");
const LIFE_MS: Millis = 4 * 3_600_000;
const LATENCY_MS: Millis = 40;
const FIRST = { accessToken: "a0", refreshToken: "r0" };

type Weather =
  | { readonly is: "fine" }
  /** 503 before anything was done. */
  | { readonly is: "refresh-away" }
  | { readonly is: "validate-away" }
  /** Done, and the answer is lost. */
  | { readonly is: "answer-lost" }
  | { readonly is: "disk-full" };

/** Twitch for a public client: each refresh token serves once, and the newest access token is the one that counts. */
function makeTwitch(clock: FakeClock) {
  const accessUntil = new Map<string, Millis>([["a0", LIFE_MS]]);
  const problems: string[] = [];
  let live: string | undefined = "r0";
  let count = 0;
  let underWay = 0;
  /** Who was given its successor, and heard of it. */
  const answered = new Set<string>();
  const validated = new Set<string>();
  let weather: Weather = { is: "fine" };
  /** The chain is broken by Twitch or by what a killed hub took with it: only a login helps. */
  let isBroken = false;
  const pause = () => new Promise<void>((resolve) => void clock.after(LATENCY_MS, resolve));
  const isLive = (token: string) => (accessUntil.get(token) ?? 0) > clock.now();

  /** One hub's way to it; nothing is heard any more once that hub was killed. */
  const openFor = (isDead: () => boolean): IdTwitch => ({
    async validate(accessToken) {
      await pause();
      if (weather.is === "validate-away") return { is: "away", problem: "down" };
      if (!isLive(accessToken)) return { is: "invalid", problem: "invalid access token" };
      validated.add(accessToken);
      const expiresInMs = (accessUntil.get(accessToken) ?? 0) - clock.now();
      const userId = v.parse(UserId, "7");
      return {
        is: "valid",
        facts: { clientId: "client", login: kissbot, userId, scopes: [], expiresInMs },
      };
    },
    async refresh(refreshToken) {
      underWay += 1;
      if (underWay > 1) problems.push("two refreshes at once");
      if (answered.has(refreshToken))
        problems.push(`${refreshToken} was used again after its answer had come`);
      await pause();
      underWay -= 1;
      if (weather.is === "refresh-away") return { is: "away", problem: "503" };
      if (refreshToken !== live) return { is: "needs-reauth", problem: "Invalid refresh token" };
      count += 1;
      live = `r${count}`;
      accessUntil.set(`a${count}`, clock.now() + LIFE_MS);
      if (weather.is === "answer-lost" || isDead()) {
        isBroken = true;
        return { is: "away", problem: "socket hang up" };
      }
      answered.add(refreshToken);
      return { is: "fresh", accessToken: `a${count}`, refreshToken: live };
    },
  });
  return {
    openFor,
    problems,
    validated,
    isLive,
    setWeather: (next: Weather) => {
      weather = next;
    },
    isDiskFull: () => weather.is === "disk-full",
    /** Everything that is refused from now on, until a refresh. */
    endAccess: () => accessUntil.clear(),
    revoke() {
      accessUntil.clear();
      live = undefined;
      isBroken = true;
    },
    isBroken: () => isBroken,
    /** Who had heard of the successor is gone, and wrote it down nowhere: the next can't know. */
    lost() {
      isBroken = true;
      answered.clear();
    },
    live: () => live,
  };
}

function makeStage() {
  const clock = makeFakeClock();
  const twitch = makeTwitch(clock);
  let stored: StoredTokens | undefined;
  const onDisk = new Set([FIRST.accessToken]);
  const store: TokenStore = {
    find: () => stored,
    put(_login, tokens) {
      if (twitch.isDiskFull()) throw new Error("ENOSPC");
      stored = tokens;
      onDisk.add(tokens.accessToken);
    },
  };
  const problems = twitch.problems;
  let falseAlarms = 0;

  const begin = () => {
    let isDead = false;
    const owner = startTokenOwner({
      login: kissbot,
      clientId: "client",
      configured: FIRST,
      // A dead process writes nothing.
      store: { ...store, put: (login, tokens) => (isDead ? undefined : store.put(login, tokens)) },
      idTwitch: twitch.openFor(() => isDead),
      clock,
      random: () => 0.5,
      log: silentLog,
      onReauthNeeded() {
        if (!twitch.isBroken()) falseAlarms += 1;
      },
    });
    return { owner, die: () => (isDead = true) };
  };
  let hub = begin();
  const succeed = () => {
    if ((stored?.refreshToken ?? FIRST.refreshToken) !== twitch.live()) twitch.lost();
    hub = begin();
  };

  const judge = (answer: TokenAnswer) => {
    if (JSON.stringify(answer).includes('"r')) problems.push("a refresh token was handed out");
    if (answer.is !== "token") return;
    const { accessToken } = answer.token;
    if (!onDisk.has(accessToken)) problems.push(`${accessToken} was handed out before it was stored`);
    if (!twitch.validated.has(accessToken)) problems.push(`${accessToken} was handed out unproved`);
  };
  const ask = (how: (owner: TokenOwner) => Promise<TokenAnswer>) => void how(hub.owner).then(judge);
  return {
    clock,
    twitch,
    problems,
    ask,
    falseAlarms: () => falseAlarms,
    owner: () => hub.owner,
    async stop() {
      const stopped = hub.owner.stop();
      await clock.advance(LATENCY_MS * 3);
      await stopped;
      succeed();
    },
    async kill() {
      hub.die();
      void hub.owner.stop();
      await clock.advance(LATENCY_MS * 3);
      succeed();
    },
  };
}

type Step = (stage: ReturnType<typeof makeStage>) => Promise<void> | void;
const named = (name: string, step: Step) => fc.constant(Object.assign(step, { toString: () => name }));
const pass = fc
  .oneof(
    fc.constantFrom(1, LATENCY_MS / 2, LATENCY_MS, 1_500, 60_000),
    fc.integer({ min: 60_000, max: 3 * LIFE_MS }),
  )
  .map((ms) =>
    Object.assign<Step, object>((stage) => stage.clock.advance(ms), { toString: () => `pass ${ms}` }),
  );
const weather = fc
  .constantFrom<Weather["is"]>("fine", "fine", "refresh-away", "validate-away", "disk-full")
  .map((is) =>
    Object.assign<Step, object>((stage) => stage.twitch.setWeather({ is }), { toString: () => is }),
  );
const mild = [
  { weight: 6, arbitrary: pass },
  { weight: 3, arbitrary: weather },
  { weight: 4, arbitrary: named("get", (stage) => stage.ask((owner) => owner.get())) },
  {
    weight: 3,
    arbitrary: named("refused", (stage) => {
      const token = stage.owner().state().token?.accessToken;
      stage.ask((owner) => owner.replace(tokenFingerprint(token ?? "a0")));
    }),
  },
  {
    weight: 1,
    arbitrary: named("old one refused", (stage) => stage.ask((o) => o.replace(tokenFingerprint("a0")))),
  },
  { weight: 2, arbitrary: named("all access ends", (stage) => stage.twitch.endAccess()) },
  { weight: 1, arbitrary: named("refresh now", (stage) => stage.ask((owner) => owner.refreshNow())) },
];
const rough = [
  ...mild,
  { weight: 1, arbitrary: named("stop", (stage) => stage.stop()) },
  { weight: 1, arbitrary: named("kill", (stage) => stage.kill()) },
  {
    weight: 1,
    arbitrary: named("answers are lost", (stage) => stage.twitch.setWeather({ is: "answer-lost" })),
  },
  { weight: 1, arbitrary: named("revoked", (stage) => stage.twitch.revoke()) },
];
const RUNS = 300;

async function play(steps: readonly Step[]) {
  const stage = makeStage();
  for (const step of steps) {
    await step(stage);
    await settled();
  }
  // At last all is well, for as long as anything rests at most.
  stage.twitch.setWeather({ is: "fine" });
  await stage.clock.advance(120_000);
  const last = async (how: (owner: TokenOwner) => Promise<TokenAnswer>) => {
    const asked = how(stage.owner());
    await stage.clock.advance(10 * LATENCY_MS);
    return asked;
  };
  let answer = await last((owner) => owner.get());
  // What nobody has told it yet it can't know: whoever used the token would.
  if (answer.is === "token" && !stage.twitch.isLive(answer.token.accessToken)) {
    const rejected = tokenFingerprint(answer.token.accessToken);
    answer = await last((owner) => owner.replace(rejected));
  }
  await stage.owner().stop();
  const isUsable = answer.is === "token" && stage.twitch.isLive(answer.token.accessToken);
  return { stage, answer, isUsable };
}

test("a login that Twitch keeps is never lost, whatever else fails: no false alarm, and a good token in the end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...mild), { maxLength: 25 }), async (steps) => {
      const { stage, isUsable } = await play(steps);
      expect(stage.problems).toEqual([]);
      expect(stage.falseAlarms()).toBe(0);
      expect(isUsable).toBe(true);
      expect(stage.clock.pending()).toBe(0);
    }),
    { numRuns: RUNS },
  );
}, 60_000);

test("with hubs that stop or die, lost answers and revocations: nothing unstored is used, nothing is used twice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...rough), { maxLength: 25 }), async (steps) => {
      const { stage, answer, isUsable } = await play(steps);
      expect(stage.problems).toEqual([]);
      expect(stage.falseAlarms()).toBe(0);
      expect(isUsable || (stage.twitch.isBroken() && answer.is === "needs-reauth")).toBe(true);
    }),
    { numRuns: RUNS },
  );
}, 60_000);
