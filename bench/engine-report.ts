/** The engine's figures beside what we promise. Pure. */
import { renderTable } from "../cli/table.ts";
import { percentile } from "../cli/trial/percentile.ts";
import { type Figures, median, share } from "./engine-measure.ts";
import type { Category } from "./engine-queries.ts";
import type { Bar } from "./promised-bars.ts";

export interface PeerFigures {
  readonly name: string;
  readonly byCategory: ReadonlyMap<Category, Figures>;
}

export interface IndexFacts {
  readonly titles: number;
  readonly buildMs: number;
  readonly openMs: number;
  readonly megabytes: number;
  readonly pssMb: number;
}

type ByCategory = ReadonlyMap<Category, readonly Figures[]>;

const TABLE_WIDTH = 140;
/** Asked of an index that has no table of short forms, or that does not hold the answer: apart from all others. */
const APART: readonly Category[] = ["derived", "absent"];
const TIMES_FASTER = 1_000;
const POINTS_BEHIND = 1;

const quietest = (passes: readonly Figures[]): readonly number[] =>
  passes.map(({ micros }) => micros).toSorted((a, b) => (median(a) ?? 0) - (median(b) ?? 0))[0] ?? [];

const total = (passes: readonly Figures[], pick: (figures: Figures) => number): number =>
  passes.reduce((sum, one) => sum + pick(one), 0);

const accuracy = (passes: readonly Figures[]): number | undefined =>
  share(
    total(passes, ({ right }) => right),
    total(passes, ({ queries }) => queries),
  );

const of = (figures: ByCategory, category: Category): readonly Figures[] => figures.get(category) ?? [];

export function toFigureTable(figures: ByCategory): readonly string[] {
  const rows = [...figures].map(([category, passes]) => {
    const micros = quietest(passes);
    return {
      cells: [
        category,
        String(total(passes, ({ queries }) => queries)),
        category === "absent" ? "–" : (accuracy(passes)?.toFixed(1) ?? "–"),
        median(micros)?.toFixed(2) ?? "–",
        percentile(micros, 0.99)?.toFixed(1) ?? "–",
        String(total(passes, ({ sure }) => sure)),
        String(total(passes, ({ wronglySure }) => wronglySure)),
      ],
    };
  });
  const titles = ["category", "queries", "top-1 %", "p50 µs", "p99 µs", "sure", "wrongly sure"];
  const columns = titles.map((title, at) => ({
    title,
    align: at === 0 ? ("left" as const) : ("right" as const),
  }));
  return renderTable(columns, rows, TABLE_WIDTH);
}

export function toPeerTable(peers: readonly PeerFigures[]): readonly string[] {
  if (peers.length === 0) return [];
  const categories = [...(peers[0]?.byCategory.keys() ?? [])].filter((category) => category !== "absent");
  const rows = peers.map(({ name, byCategory }) => ({
    cells: [
      name,
      ((median(allMicros([...byCategory.values()])) ?? 0) / 1_000).toFixed(2),
      ...categories.map((category) => {
        const one = byCategory.get(category);
        return one === undefined ? "–" : (share(one.right, one.queries)?.toFixed(0) ?? "–");
      }),
    ],
  }));
  const titles = ["peer (top-1 %)", "p50 ms", ...categories];
  const columns = titles.map((title, at) => ({
    title,
    align: at === 0 ? ("left" as const) : ("right" as const),
  }));
  return [...renderTable(columns, rows, TABLE_WIDTH), ""];
}

const allMicros = (figures: readonly Figures[]): readonly number[] => figures.flatMap(({ micros }) => micros);

const answerable = (figures: ByCategory): readonly (readonly Figures[])[] =>
  [...figures].filter(([category]) => !APART.includes(category)).map(([, passes]) => passes);

export function toBars(figures: ByCategory, facts: IndexFacts): readonly Bar[] {
  const all = answerable(figures);
  const micros = all.flatMap((passes) => quietest(passes));
  const quick = (["exact", "alias", "roman", "main title"] as const).flatMap((category) =>
    quietest(of(figures, category)),
  );
  const time = (what: string, value: number | undefined, bar: number): Bar => ({
    what,
    value,
    bar,
    unit: "µs",
    digits: 2,
  });
  const floor = (what: string, category: Category, bar: number): Bar => ({
    what,
    value: accuracy(of(figures, category)),
    bar,
    isFloor: true,
    unit: "%",
    digits: 1,
  });
  const sum = (pick: (one: Figures) => number) => total(all.flat(), pick);
  return [
    time("all queries p50", median(micros), 3),
    time("all queries p99", percentile(micros, 0.99), 250),
    time("exact, alias, roman, main title p50", median(quick), 1.5),
    time("typos p50", median(quietest(of(figures, "typo"))), 12),
    floor("typos top-1", "typo", 98),
    floor("word order top-1", "order", 97),
    floor("without subtitle top-1", "main title", 97),
    floor("glued words top-1", "glued", 97),
    floor("curated acronyms top-1", "acronym", 100),
    floor("derived acronyms, held out, top-1", "derived", 70),
    {
      what: "wrong although sure",
      value: share(
        sum(({ wronglySure }) => wronglySure),
        sum(({ queries }) => queries),
      ),
      bar: 0.5,
      unit: "%",
      digits: 2,
    },
    { what: "open", value: facts.openMs, bar: 1, unit: "ms", digits: 2 },
    { what: "build", value: facts.buildMs / 1_000, bar: 2, unit: "s", digits: 2 },
    { what: "file", value: facts.megabytes, bar: 50, unit: "MB", digits: 1 },
    { what: "per worker at 20 workers", value: facts.pssMb, bar: 4, unit: "MB PSS", digits: 1 },
  ];
}

/** `same`: our own answers to what the peers were asked. */
export function toPeerBars(
  figures: ByCategory,
  peers: readonly PeerFigures[],
  same: PeerFigures["byCategory"],
): readonly Bar[] {
  const own = median(answerable(figures).flatMap((passes) => quietest(passes)));
  const faster = peers
    .filter(({ name }) => name === "MiniSearch" || name === "FTS5 trigram")
    .map(({ name, byCategory }): Bar => {
      const kept = [...byCategory].filter(([category]) => !APART.includes(category));
      const theirs = median(allMicros(kept.map(([, one]) => one)));
      const times = own === undefined || theirs === undefined ? undefined : theirs / own;
      return {
        what: `faster than ${name}, p50`,
        value: times,
        bar: TIMES_FASTER,
        isFloor: true,
        unit: "times",
        digits: 0,
      };
    });
  if (peers.length === 0) return [];
  const behind = [...same]
    .filter(([category]) => category !== "absent")
    .map(([category, ours]) => {
      const theirs = peers.map(({ byCategory }) => rightShare(byCategory.get(category)));
      return Math.max(...theirs) - rightShare(ours);
    });
  return [
    ...faster,
    {
      what: "points behind the best peer on the same queries, worst category",
      value: Math.max(...behind),
      bar: POINTS_BEHIND,
      unit: "points",
      digits: 1,
    },
  ];
}

const rightShare = (one: Figures | undefined): number => (one && share(one.right, one.queries)) ?? 0;
