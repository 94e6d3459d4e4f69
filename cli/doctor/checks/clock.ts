import type { Millis } from "../../../shared/clock.ts";
import { TWITCH_URLS } from "../../../shared/config/twitch-urls.ts";
import { defineCheck, type Finding } from "../check.ts";
import { findRoom } from "../look-once.ts";

const ANSWER_WITHIN_MS: Millis = 8_000;
/** The header counts whole seconds, and an answer takes a while. */
const SKEW_SAID_MS: Millis = 5_000;
/** Twitch takes an event's timestamp for a replay after ten minutes; certificates are refused about then, too. */
const SKEW_MAX_MS: Millis = 5 * 60_000;
const MS_PER_S = 1_000;

export default defineCheck({
  name: "clock",
  async run(desk) {
    const room = await findRoom(desk);
    const url = `${room?.config.twitch.urls.id ?? TWITCH_URLS.id}/validate`;
    const before = desk.clock.wall();
    const date = await askDate(url);
    // Half way there it was read.
    return [judgeClock(date, (before + desk.clock.wall()) / 2)];
  },
});

/** undefined: nobody answered. Without a token Twitch refuses, and tells the time all the same. */
async function askDate(url: string): Promise<string | undefined> {
  try {
    const { headers } = await fetch(url, {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      redirect: "manual",
    });
    return headers.get("date") ?? undefined;
  } catch {
    return undefined;
  }
}

export function judgeClock(date: string | undefined, wallNow: Millis): Finding {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs))
    return {
      level: "warn",
      says: "not compared: id.twitch.tv does not answer",
      fix: "look whether this machine reaches the internet, then run doctor again",
    };
  const skewMs = wallNow - theirs;
  const off = Math.abs(skewMs);
  const words = `${Math.round(off / MS_PER_S)} s ${skewMs > 0 ? "ahead of" : "behind"} Twitch's`;
  if (off <= SKEW_SAID_MS) return { level: "ok", says: "as Twitch's" };
  return {
    level: off > SKEW_MAX_MS ? "fail" : "warn",
    says: `this machine's clock is ${words}`,
    fix: "switch on time synchronisation (timedatectl set-ntp true)",
  };
}
