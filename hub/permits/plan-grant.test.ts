import { describe, expect, test } from "vitest";
import type { Lane } from "../../shared/ipc/permit-words.ts";
import { ORDINARY_LIMITS } from "./limits.ts";
import { type Asker, estimateTurn, planGrant, planLease, type Scene } from "./plan-grant.ts";

const NOW = 1_000;
const asker = (channel: string, more: Partial<Asker> = {}): Asker => ({
  channel,
  lane: "command",
  asViewer: false,
  askedAt: 0,
  deadlineAt: NOW + 10_000,
  notBefore: 0,
  ...more,
});
const scene = (
  count: number,
  had: Readonly<Record<string, number>> = {},
  more: Partial<Scene> = {},
): Scene => ({
  now: NOW,
  limit: ORDINARY_LIMITS.send,
  count,
  countOf: (channel) => had[channel] ?? 0,
  isViewerOpen: false,
  weightOf: () => 1,
  weights: 4,
  channels: 4,
  lacking: () => 50,
  fallsTo: () => Number.POSITIVE_INFINITY,
  isReserving: true,
  ...more,
});
const next = (waiting: readonly Asker[], its: Scene) => {
  const planned = planGrant(waiting, its);
  return planned.is === "grant" ? planned.asker.channel : planned.blocked ? "blocked" : "nobody";
};

describe("who is next", () => {
  const lane = (of: Lane) => ({ lane: of });
  test.each<[string, readonly Asker[], Scene, string]>([
    ["nobody where nobody waits", [], scene(0), "nobody"],
    [
      "the more urgent lane, though it came last and had more",
      [asker("a"), asker("b", { ...lane("moderation"), askedAt: 9 })],
      scene(50, { b: 9 }),
      "b",
    ],
    [
      "within a lane whoever had less",
      [asker("a"), asker("b", { askedAt: 9 })],
      scene(50, { a: 9, b: 8 }),
      "b",
    ],
    [
      "for its weight",
      [asker("a"), asker("b")],
      scene(50, { a: 9, b: 8 }, { weightOf: (one) => (one === "a" ? 2 : 1) }),
      "a",
    ],
    [
      "whoever asked first, if they had the same",
      [asker("a", { askedAt: 2 }), asker("b", { askedAt: 1 })],
      scene(50),
      "b",
    ],
    ["nobody whose time is over", [asker("a", { deadlineAt: NOW })], scene(0), "nobody"],
    ["nobody before its own pace", [asker("a", { notBefore: NOW + 1 })], scene(0), "nobody"],
    ["nobody past the limit", [asker("a", lane("moderation"))], scene(100), "blocked"],
    ["a moderator's message up to 100", [asker("a", lane("moderation"))], scene(99), "a"],
    ["a viewer's up to 20", [asker("a", { ...lane("moderation"), asViewer: true })], scene(20), "blocked"],
    [
      "a moderator's past 20 while a viewer's may still be on its way",
      [asker("a")],
      scene(20, {}, { isViewerOpen: true }),
      "blocked",
    ],
    ["a command leaves 5 of 100 to moderation", [asker("a")], scene(95), "blocked"],
    ["a model leaves 30 of 100 to the others", [asker("a", lane("model"))], scene(70), "blocked"],
    ["who had its quarter leaves 10 to those who had not", [asker("a")], scene(85, { a: 25 }), "blocked"],
    ["and they get them", [asker("a"), asker("b")], scene(85, { a: 25 }), "b"],
    ["no more than they lack", [asker("a")], scene(91, { a: 25 }, { lacking: () => 3 }), "a"],
    [
      "a channel alone leaves nothing to others",
      [asker("a")],
      scene(90, { a: 90 }, { channels: 1, weights: 1 }),
      "a",
    ],
  ])("%s", (_what, waiting, its, channel) => {
    expect(next(waiting, its)).toBe(channel);
  });

  test("a flood by a moderator waits for a viewer's message that can still be in time, and no longer", () => {
    const viewer = asker("v", { asViewer: true });
    const flood = asker("f", { askedAt: 5 });
    const floods = { f: 30 };
    const soon = { fallsTo: () => NOW + 5_000 };
    expect(next([viewer, flood], scene(40, floods, soon))).toBe("blocked");
    expect(next([viewer, flood], scene(40, floods))).toBe("f");
    // A channel that has not had its share does not wait for it.
    expect(next([viewer, asker("other", { askedAt: 9 })], scene(40, { ...floods, v: 0 }, soon))).toBe(
      "other",
    );
  });

  test("logins only queue: no lane, no share, nothing is left free", () => {
    const logins = { limit: ORDINARY_LIMITS.auth, isReserving: false };
    expect(next([asker("a", { asViewer: true })], scene(19, { a: 19 }, logins))).toBe("a");
    expect(next([asker("a", { asViewer: true })], scene(20, {}, logins))).toBe("blocked");
  });
});

describe("how much at once", () => {
  test.each<[string, Asker, Scene, number]>([
    ["half of a channel's part of what would be free", asker("a"), scene(0), 1 + Math.floor((95 - 1) / 8)],
    ["never more than the most", asker("a"), scene(0, {}, { channels: 1, weights: 1 }), 20],
    ["one when there is little room", asker("a"), scene(90), 1],
    [
      "one where a viewer's limit is shared by many",
      asker("a", { asViewer: true }),
      scene(0, {}, { channels: 20, weights: 20 }),
      1,
    ],
    ["one when more would pass a viewer's limit", asker("a"), scene(19, {}, { isViewerOpen: true }), 1],
  ])("%s", (_what, who, its, count) => {
    expect(planLease(who, its)).toBe(count);
  });
});

test("estimates a turn: behind so many others, window after window", () => {
  const logins = scene(
    20,
    {},
    {
      limit: ORDINARY_LIMITS.auth,
      isReserving: false,
      fallsTo: (most) => NOW + (20 - most) * 100,
    },
  );
  const who = asker("a", { asViewer: true });
  expect(estimateTurn(who, 0, logins)).toBe(NOW + 100);
  expect(estimateTurn(who, 19, logins)).toBe(NOW + 2_000);
  expect(estimateTurn(who, 45, logins)).toBe(NOW + 600 + 2 * 10_500);
});
