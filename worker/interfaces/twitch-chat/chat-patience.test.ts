import { describe, expect, test } from "vitest";
import { CHAT_BACKOFF, type Fall, freshPatience, GOOD_CONNECTION_MS, planRest } from "./chat-patience.ts";

const lost = (stoodMs: number): Fall => ({ is: "lost", stoodMs, reason: "[1006]" });
const notConnected: Fall = { is: "not-connected", reason: "refused" };
const rests = (falls: readonly Fall[]) => {
  let patience = freshPatience;
  return falls.map((fall) => {
    const rest = planRest(patience, fall, 0.999999);
    patience = rest.patience;
    return rest.restMs;
  });
};

describe("planRest", () => {
  test("rests longer after each failure, up to the longest", () => {
    const many = rests(Array.from({ length: 12 }, () => notConnected));
    expect(many.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(many.at(-1)).toBe(CHAT_BACKOFF.longest);
  });

  test("a server that accepts and closes is no success", () => {
    expect(rests([lost(3), lost(3), lost(3)])).toEqual([1_000, 2_000, 4_000]);
  });

  test("a connection that stood begins with short rests again", () => {
    expect(rests([lost(3), lost(3), lost(GOOD_CONNECTION_MS), lost(3)])).toEqual([
      1_000, 2_000, 1_000, 2_000,
    ]);
  });

  test("nothing is tried again at once but what Twitch asked for, and that is spread", () => {
    const falls: readonly Fall[] = [
      lost(0),
      notConnected,
      { is: "login-refused", notice: "Login authentication failed", rejected: "f" },
      { is: "no-token", detail: "the hub is away" },
      { is: "needs-reauth", detail: "" },
      { is: "join-refused", code: "msg_banned" },
    ];
    for (const fall of falls) expect(planRest(freshPatience, fall, 0).restMs).toBeGreaterThanOrEqual(250);
    const asked: Fall = { is: "asked-to-reconnect" };
    expect(planRest(freshPatience, asked, 0).restMs).toBe(0);
    expect(planRest(freshPatience, asked, 0.5).restMs).toBe(2_500);
  });
});
