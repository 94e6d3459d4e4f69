import { expect, test } from "vitest";
import { judgeProofs } from "../proof/judge-proofs.ts";
import { type ProofSources, toProofs } from "./proofs-of-hub.ts";

const sources: ProofSources = {
  uptimeMs: 60_000,
  isWanted: false,
  isDrained: false,
  transport: {
    kind: "websocket",
    isPaused: false,
    connections: [],
    conduitId: undefined,
    problem: undefined,
  },
  picture: { lastPassAgoMs: undefined },
  gapFill: { lastLookAgoMs: undefined, gapOpenForMs: undefined },
  lookEveryMs: 60_000,
  oldestUnderWayMs: undefined,
  validatedAgoMs: 1_000,
  isTokenLost: false,
  isJournalWorking: true,
  probe: undefined,
};
const statesOf = (more: Partial<ProofSources>) =>
  judgeProofs(toProofs({ ...sources, ...more })).proofs.map(({ name, state }) => [name, state]);

test("a token that Twitch has revoked is not proved, however short ago it was good", () => {
  expect(statesOf({})).toEqual([["token", "proved"]]);
  expect(statesOf({ isTokenLost: true })).toEqual([["token", "unproved"]]);
});
