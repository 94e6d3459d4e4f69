import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Candidate } from "./candidate.ts";
import { boost, CONFIDENCE, entangle, isEntangled, lower, toConfidence } from "./confidence.ts";
import { toCrowdKey } from "./crowd-key.ts";
import {
  COHERENT_FOR_MS,
  inOrder,
  isCoherent,
  planConfirmation,
  planObservation,
  STATES_MAX,
  type State,
} from "./superposition.ts";

const candidate = (title: string, more: Partial<Candidate> = {}): Candidate => ({
  identity: title.toLowerCase(),
  title,
  sources: ["steam"],
  witnesses: 1,
  genres: [],
  ...more,
});
const state = (id: number, more: Partial<State> = {}): State => ({
  id,
  candidate: candidate(`Game ${id}`),
  confidence: 0.5,
  confirmations: 0,
  isCollapsed: false,
  seenAt: 0,
  ...more,
});

describe("one name, however it is typed", () => {
  test.each([
    ["  Vampire   SURVIVORS! ", "vampire survivors"],
    ["Pokémon", "pokemon"],
    ["Baldur's Gate 3", "baldurs gate 3"],
    ["DOOM™: Eternal", "doom eternal"],
    ["N++", "n++"],
    ["ペルソナ５", "ペルソナ5"],
    ["パズル", "パズル"],
    ["!?", "!?"],
    ["", ""],
  ])("%j is known as %j", (typed, key) => {
    expect(toCrowdKey(typed)).toBe(key);
  });

  test("a key is its own key", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const key = toCrowdKey(text);
        expect(toCrowdKey(key)).toBe(key);
      }),
    );
  });
});

describe("confidence", () => {
  test.each<[string, Candidate, number]>([
    ["hades", candidate("Hades"), 0.6],
    ["hades", candidate("Hades II"), 0.5],
    ["hades", candidate("Hades", { witnesses: 2 }), 0.9],
    ["hades", candidate("Hades", { witnesses: 3, criticScore: 93, rating: 4.5 }), 0.95],
    ["hades", candidate("Hades", { criticScore: 93, rating: 4.5 }), 0.8],
    ["hadse", candidate("Hades"), 0.24],
    ["hadse", candidate("Hades", { witnesses: 2, criticScore: 93 }), 0.56],
  ])("of %j as %j is %d", (key, one, confidence) => {
    expect(toConfidence(key, one)).toBe(confidence);
  });

  test("is boosted and entangled up to what only people can pass", () => {
    expect(boost(0.5)).toBe(0.8);
    expect(boost(0.9)).toBe(0.95);
    expect(entangle(0.3)).toBe(0.5);
    expect(entangle(1)).toBe(1);
    expect(lower(0.8, 0.3)).toBe(0.5);
  });

  test("is entangled where source and genre are shared", () => {
    const one = candidate("A", { genres: ["roguelike"] });
    expect(isEntangled(one, candidate("B", { genres: ["indie", "roguelike"] }))).toBe(true);
    expect(isEntangled(one, candidate("B", { genres: ["racing"] }))).toBe(false);
    expect(isEntangled(one, candidate("B", { genres: ["roguelike"], sources: ["rawg"] }))).toBe(false);
  });
});

describe("a superposition", () => {
  const HOUR = 3_600_000;

  test("holds the surest three", () => {
    const found = ["Doom", "Doom II", "Quake", "Doom 3"].map((title) => candidate(title));
    const { added, dropped } = planObservation("doom", [], found, 0);
    expect(added.map(({ candidate: { title } }) => title)).toEqual(["Doom", "Doom II", "Doom 3"]);
    expect(dropped).toEqual([]);
  });

  test("lets go what has evaporated, and renews what is found again without lowering it", () => {
    const known = [
      state(1, { candidate: candidate("Doom"), confidence: 0.9, seenAt: 47 * HOUR }),
      state(2, { candidate: candidate("Gone"), seenAt: 0 }),
    ];
    const { renewed, added, dropped } = planObservation("doom", known, [candidate("Doom")], 48 * HOUR);
    expect(renewed).toMatchObject([{ id: 1, confidence: 0.9 }]);
    expect(added).toEqual([]);
    expect(dropped).toEqual([2]);
  });

  test("never pushes out what people confirmed", () => {
    const held = state(1, { candidate: candidate("Odd"), confidence: 0.1, confirmations: 1 });
    const found = ["Doom", "Doom II", "Doom 3"].map((title) => candidate(title, { witnesses: 3 }));
    const { added, dropped } = planObservation("doom", [held], found, 1_000 * HOUR);
    expect(added).toHaveLength(2);
    expect(dropped).toEqual([]);
  });

  test.each([
    [state(1), COHERENT_FOR_MS - 1, true],
    [state(1), COHERENT_FOR_MS, false],
    [state(1, { confirmations: 1 }), 10 * COHERENT_FOR_MS, true],
    [state(1, { isCollapsed: true }), 10 * COHERENT_FOR_MS, true],
  ])("%o after %d ms is coherent: %s", (one, now, coherent) => {
    expect(isCoherent(one, now)).toBe(coherent);
  });

  test("keeps at most three that nobody confirmed, whatever comes", () => {
    const states = fc.array(
      fc.record({
        at: fc.nat(100),
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
        confirmations: fc.nat(2),
      }),
      { maxLength: 6 },
    );
    const titles = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 8 });
    fc.assert(
      fc.property(states, titles, fc.nat(100), (of, names, hours) => {
        const known = of.map(({ at, ...more }, id) => state(id, { ...more, seenAt: at * HOUR }));
        const plan = planObservation(
          "x",
          known,
          names.map((title) => candidate(title)),
          hours * HOUR,
        );
        const kept = known.filter(({ id }) => !plan.dropped.includes(id));
        expect(kept.filter(({ confirmations }) => confirmations > 0)).toHaveLength(
          known.filter(({ confirmations }) => confirmations > 0).length,
        );
        const held = kept.filter(({ confirmations }) => confirmations > 0).length;
        expect(kept.length + plan.added.length).toBeLessThanOrEqual(Math.max(STATES_MAX, held));
        expect(inOrder(kept).length).toBeLessThanOrEqual(STATES_MAX);
      }),
    );
  });
});

describe("a confirmation", () => {
  test.each([
    ["the only one that is needed", 1, 1, true, { confidence: 1, isCollapsed: true }],
    ["the first of two", 1, 2, true, { confidence: 0.8, isCollapsed: false }],
    ["the same moderator's again", 1, 2, false, { confidence: 0.5, isCollapsed: false }],
    ["the second of two", 2, 2, true, { confidence: 1, isCollapsed: true }],
  ])("%s", (_what, confirmations, needed, isNew, planned) => {
    expect(planConfirmation(state(1), confirmations, needed, isNew)).toEqual(planned);
  });
  test("of what is settled leaves it settled, also when more are asked for now", () => {
    const settled = state(1, { isCollapsed: true, confidence: CONFIDENCE.collapsed });
    expect(planConfirmation(settled, 1, 5, true).isCollapsed).toBe(true);
  });
});
