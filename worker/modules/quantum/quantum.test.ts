import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Candidate } from "../../../shared/crowd/candidate.ts";
import { DOMAINS } from "../../../shared/crowd/candidate.ts";
import type { CrowdState } from "../../../shared/ipc/crowd-words.ts";
import { CHAT_TEXT_MAX } from "../../outputs/chat/chat-text.ts";
import {
  sayCollapsed,
  sayConfirmed,
  sayDecohered,
  sayHasCollapsed,
  sayOtherwise,
  saySuperposition,
  sayUndone,
} from "./crowd-texts.ts";
import { parseCollapse, parseNames } from "./parse-collapse.ts";
import { makeShownLists } from "./shown-lists.ts";

describe("what a moderator types", () => {
  test.each<[string, object]>([
    ["hades 1", { is: "collapse", query: "hades", position: 1, domain: undefined }],
    ["doom 2 3", { is: "collapse", query: "doom 2", position: 3, domain: undefined }],
    ["music: One  More Time 2", { is: "collapse", query: "One More Time", position: 2, domain: "music" }],
    ["jeu:hades 1", { is: "collapse", query: "hades", position: 1, domain: "game" }],
    ["NieR:Automata 1", { is: "collapse", query: "NieR:Automata", position: 1, domain: undefined }],
    ["undo hades", { is: "undo", query: "hades", domain: undefined }],
    ["UNDO music:djadja", { is: "undo", query: "djadja", domain: "music" }],
    ["undo 1", { is: "undo", query: "1", domain: undefined }],
    ["game:undo 1", { is: "collapse", query: "undo", position: 1, domain: "game" }],
    ["hades 4", { is: "wrong", because: "position" }],
    ["hades 0", { is: "wrong", because: "position" }],
    ["hades one", { is: "wrong", because: "position" }],
    ["hades", { is: "wrong", because: "usage" }],
    ["1", { is: "wrong", because: "usage" }],
    ["", { is: "wrong", because: "usage" }],
    ["music: 1", { is: "wrong", because: "usage" }],
    [`${"x".repeat(101)} 1`, { is: "wrong", because: "usage" }],
    ["constructor: hades 1", { is: "collapse", query: "constructor: hades", position: 1, domain: undefined }],
  ])("%j", (typed, call) => {
    expect(parseCollapse(typed)).toEqual(call);
  });

  test.each([
    ["", []],
    [" , ", []],
    ["a, b,a ,  c  d", ["a", "b", "c d"]],
  ])("names %j", (typed, names) => {
    expect(parseNames(typed)).toEqual(names);
  });
});

describe("a number", () => {
  test("means what was shown last under that name", () => {
    const shown = makeShownLists();
    shown.note("Hades", { domain: "game", stateIds: [4, 5] });
    shown.note("hades!", { domain: "music", stateIds: [9] });
    expect(shown.find("HADES", undefined)).toMatchObject({ domain: "music", stateIds: [9] });
    expect(shown.find("hades", "game")).toMatchObject({ stateIds: [4, 5] });
    expect(shown.find("zelda", undefined)).toBeUndefined();
  });

  test("is forgotten when many others were shown since", () => {
    const shown = makeShownLists();
    for (let at = 0; at < 60; at += 1) shown.note(`game ${at}`, { domain: "game", stateIds: [at] });
    expect(shown.find("game 0", undefined)).toBeUndefined();
    expect(shown.find("game 59", undefined)).toBeDefined();
  });
});

const text = (maxLength: number) => fc.string({ unit: "grapheme", minLength: 1, maxLength });
const candidate: fc.Arbitrary<Candidate> = fc.record(
  {
    identity: text(50),
    title: text(200),
    by: text(200),
    year: fc.integer({ min: 0, max: 9_999 }),
    sources: fc.constant([]),
    witnesses: fc.constant(1),
    genres: fc.constant([]),
    criticScore: fc.double({ min: 0, max: 100, noNaN: true }),
    rating: fc.double({ min: 0, max: 5, noNaN: true }),
  },
  { requiredKeys: ["identity", "title", "sources", "witnesses", "genres"] },
);
const state: fc.Arbitrary<CrowdState> = fc.record({
  id: fc.nat(),
  candidate,
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  confirmations: fc.nat(1_000_000),
});
/** "@a_login_of_25_characters " */
const NAME_MAX = 27;

test("whatever the data, every reply fits into one message beside a name", () => {
  const domain = fc.constantFrom(...DOMAINS);
  const states = fc.array(state, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(
      states,
      state,
      domain,
      text(100),
      fc.array(text(100), { maxLength: 10 }),
      (of, one, which, query, names) => {
        const by = "x".repeat(25);
        const list = saySuperposition({ is: "superposition", domain: which, states: of }, query, "!!!");
        expect(list).toMatch(/<1(-[23])?> pour confirmer$/);
        const said = [
          list,
          sayCollapsed({ is: "collapsed", domain: which, state: one }),
          sayHasCollapsed({ is: "collapsed", domain: which, state: one }, query, by),
          sayConfirmed({ is: "confirmed", domain: which, state: one, needed: 10 }, query, by),
          sayUndone({ is: "undone", domain: which, state: one }, query, by),
          sayOtherwise({ is: "collapsed-otherwise", domain: which, state: one }, query, "!!!"),
          sayDecohered({ is: "decohered", game: 9, music: 9, queries: names }, names),
        ];
        for (const line of said) expect(line.length).toBeLessThanOrEqual(CHAT_TEXT_MAX - NAME_MAX);
      },
    ),
  );
});
