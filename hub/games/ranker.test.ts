import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { parseRanking } from "./parse-ranking.ts";
import { makeRanker } from "./ranker.ts";

const names = ["Doom", "Doom II", "Doom"];

describe("an answer", () => {
  test.each<[string, unknown, readonly number[] | undefined]>([
    ["by index", { results: [{ candidate: "Doom II", score: 0.9, index: 1 }] }, [1, 0, 2]],
    [
      "by name, of the Python client's shape",
      {
        ranked: [
          { name: "Doom", score: 1 },
          { name: "Doom II", score: 5 },
        ],
        latency_ms: 0.1,
      },
      [1, 0, 2],
    ],
    [
      "without indices",
      {
        results: [
          { candidate: "Doom", score: 1 },
          { candidate: "Doom", score: 2 },
        ],
      },
      [2, 0, 1],
    ],
    ["with an index out of range", { results: [{ candidate: "Doom", score: 1, index: 7 }] }, undefined],
    ["with another's index", { results: [{ candidate: "Doom", score: 1, index: 1 }] }, undefined],
    ["with half an index", { results: [{ candidate: "Doom", score: 1, index: 0.5 }] }, undefined],
    [
      "that names one twice",
      {
        results: [
          { candidate: "Doom", score: 1, index: 0 },
          { candidate: "Doom", score: 2, index: 0 },
        ],
      },
      undefined,
    ],
    ["of a stranger", { ranked: [{ name: "Quake", score: 1 }] }, undefined],
    ["that says nothing", { results: [] }, undefined],
    ["with a score that is none", { ranked: [{ name: "Doom", score: "high" }] }, undefined],
    ["that is no object", "<html>", undefined],
  ])("%s", (_what, body, ranked) => {
    expect(parseRanking(body, names)).toEqual(ranked);
  });
});

const scores = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.constant(null));
const reply = (of: readonly string[]) =>
  fc.oneof(
    fc.jsonValue(),
    fc.record({
      results: fc.array(
        fc.record(
          {
            candidate: fc.oneof(fc.constantFrom("?", ...of), fc.string()),
            score: scores,
            index: fc.oneof(fc.integer({ min: -2, max: 9 }), fc.double()),
          },
          { requiredKeys: ["candidate", "score"] },
        ),
      ),
    }),
    fc.record({ ranked: fc.array(fc.record({ name: fc.constantFrom("?", ...of), score: scores })) }),
  );

const cases = fc.tuple(
  fc.array(fc.string(), { maxLength: 6 }).chain((of) => fc.tuple(fc.constant(of), reply(of))),
  fc.constantFrom(200, 204, 404, 500),
  fc.boolean(),
);

test("whatever a ranker answers, what was found stays what it was, each once", async () => {
  const holds = async ([[of, body], status, isJson]: typeof cases extends fc.Arbitrary<infer C>
    ? C
    : never) => {
    const clock = makeFakeClock();
    const text = isJson ? JSON.stringify(body) : "<html>";
    const ranker = makeRanker({
      papers: { url: "http://ranker/", withinMs: 1_000 },
      fetch: async () => new Response(status === 204 ? null : text, { status }),
      clock,
      log: silentLog,
    });
    const ranked = await ranker.rank("doom", of);
    const untouched = of.map((_, at) => at);
    expect([...ranked].sort((a, b) => a - b)).toEqual(untouched);
    if (status !== 200 || !isJson) expect(ranked).toEqual(untouched);
    expect(clock.pending()).toBe(0);
  };
  await fc.assert(fc.asyncProperty(cases, holds), { numRuns: 300 });
});

describe("a ranker that fails", () => {
  const open = (fetch: (url: string, init: RequestInit) => Promise<Response>, restMs = 30_000) => {
    const clock = makeFakeClock();
    const asked: string[] = [];
    const ranker = makeRanker({
      papers: { url: "http://ranker", withinMs: 1_000 },
      fetch: (url, init) => {
        asked.push(url);
        return fetch(url, init);
      },
      clock,
      log: silentLog,
      restMs,
    });
    return { clock, asked, ranker };
  };

  test("is waited for one second", async () => {
    const { clock, ranker } = open(
      (_url, { signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
        }),
    );
    const ranking = ranker.rank("doom", names);
    await clock.advance(999);
    await clock.advance(1);
    expect(await ranking).toEqual([0, 1, 2]);
    expect(clock.pending()).toBe(0);
  });

  test("is left in peace after three failures, and asked again later", async () => {
    let isWell = false;
    const { ranker, asked } = open(async () => {
      if (!isWell) throw new Error("refused");
      return Response.json({ ranked: [{ name: "Doom II", score: 1 }] });
    }, 0);
    for (let at = 0; at < 3; at += 1) expect(await ranker.rank("doom", names)).toEqual([0, 1, 2]);
    isWell = true;
    await settled();
    expect(await ranker.rank("doom", names)).toEqual([1, 0, 2]);
    expect(asked).toHaveLength(4);
    expect(asked[0]).toBe("http://ranker/v1/rank");
  });

  test("is not asked while it rests, once after that, and rests on when it still fails", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const { ranker, asked } = open(async () => {
      throw new Error("refused");
    });
    for (let at = 0; at < 9; at += 1) await ranker.rank("doom", names);
    expect(asked).toHaveLength(3);
    vi.setSystemTime(Date.now() + 29_999);
    await ranker.rank("doom", names);
    expect(asked).toHaveLength(3);
    vi.setSystemTime(Date.now() + 1);
    for (let at = 0; at < 9; at += 1) await ranker.rank("doom", names);
    expect(asked).toHaveLength(4);
  });

  test("can't fill the memory", async () => {
    const { ranker } = open(async () => new Response("x".repeat(5_000_000)));
    expect(await ranker.rank("doom", names)).toEqual([0, 1, 2]);
  });

  test("is not asked about one name", async () => {
    const { ranker, asked } = open(async () => Response.json({}));
    expect(await ranker.rank("doom", ["Doom"])).toEqual([0]);
    expect(asked).toEqual([]);
  });
});
