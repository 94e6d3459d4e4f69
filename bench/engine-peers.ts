/** Other ways to search titles, each set up as its makers advise for typing errors, over the same titles in the same run. */
import Database from "better-sqlite3";
import { distance } from "fastest-levenshtein";
import { toName } from "../engine/fallback/normalise-title.ts";
import type { Searcher } from "./engine-measure.ts";

export interface Peer {
  readonly name: string;
  open(titles: readonly string[]): Promise<Searcher & { close?(): void }>;
}

const RERANKED = 100;
const RAREST_TRIGRAMS = 7;
const MINISEARCH_FUZZY = 0.25;

const answer = (title: string | undefined) => (title === undefined ? undefined : { title });

export const PEERS: readonly Peer[] = [
  { name: "MiniSearch", open: openMiniSearch },
  { name: "FlexSearch", open: openFlexSearch },
  { name: "FTS5 trigram", open: openTrigrams },
  { name: "fuzzysort", open: openFuzzysort },
  { name: "Levenshtein", open: openLinear },
];

async function openMiniSearch(titles: readonly string[]): Promise<Searcher> {
  const { default: MiniSearch } = await import("minisearch");
  const index = new MiniSearch<{ id: number; title: string }>({
    fields: ["title"],
    processTerm: (term) => toName(term).raw || null,
  });
  index.addAll(titles.map((title, id) => ({ id, title })));
  const search = (query: string, combineWith: "AND" | "OR") =>
    index.search(query, { fuzzy: MINISEARCH_FUZZY, combineWith })[0];
  return {
    name: "MiniSearch",
    find: (query) => answer(titles[(search(query, "AND") ?? search(query, "OR"))?.id ?? -1]),
  };
}

async function openFlexSearch(titles: readonly string[]): Promise<Searcher> {
  const { Index } = await import("flexsearch");
  const index = new Index({ tokenize: "forward", encoder: (text: string) => toName(text).spaced.split(" ") });
  for (const [id, title] of titles.entries()) index.add(id, title);
  return {
    name: "FlexSearch",
    find: (query) => answer(titles[Number(index.search(query, { limit: 1, suggest: true })[0] ?? -1)]),
  };
}

async function openFuzzysort(titles: readonly string[]): Promise<Searcher> {
  const { default: fuzzysort } = await import("fuzzysort");
  const prepared = titles.map((title) => fuzzysort.prepare(title));
  return {
    name: "fuzzysort",
    find: (query) => answer(fuzzysort.go(query, prepared, { limit: 1 })[0]?.target),
  };
}

async function openTrigrams(titles: readonly string[]): Promise<Searcher & { close(): void }> {
  const database = new Database(":memory:");
  database.exec("CREATE VIRTUAL TABLE titles USING fts5(key, tokenize='trigram')");
  const insert = database.prepare("INSERT INTO titles (rowid, key) VALUES (?, ?)");
  const keys = titles.map((title) => toName(title).raw);
  const counts = new Map<string, number>();
  database.transaction(() => {
    for (const [at, key] of keys.entries()) {
      insert.run(at + 1, key);
      for (const trigram of new Set(toTrigrams(key))) counts.set(trigram, (counts.get(trigram) ?? 0) + 1);
    }
  })();
  const select = database
    .prepare<[string, number], number>("SELECT rowid FROM titles WHERE titles MATCH ? ORDER BY rank LIMIT ?")
    .pluck();
  return {
    name: "FTS5 trigram",
    find(query) {
      const key = toName(query).raw;
      const known = [...new Set(toTrigrams(key))].filter((trigram) => counts.has(trigram));
      const rarest = known
        .sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0))
        .slice(0, RAREST_TRIGRAMS);
      if (rarest.length === 0) return undefined;
      const found = select.all(rarest.map((trigram) => `"${trigram}"`).join(" OR "), RERANKED);
      return answer(
        titles[
          nearest(
            key,
            found.map((rowid) => rowid - 1),
            keys,
          )
        ],
      );
    },
    close: () => database.close(),
  };
}

const toTrigrams = (key: string): readonly string[] =>
  Array.from({ length: Math.max(0, key.length - 2) }, (_, at) => key.slice(at, at + 3));

async function openLinear(titles: readonly string[]): Promise<Searcher> {
  const keys = titles.map((title) => toName(title).raw);
  const all = keys.map((_, at) => at);
  return { name: "Levenshtein", find: (query) => answer(titles[nearest(toName(query).raw, all, keys)]) };
}

function nearest(key: string, among: readonly number[], keys: readonly string[]): number {
  let [best, slips] = [-1, Number.POSITIVE_INFINITY];
  for (const at of among) {
    const other = keys[at] ?? "";
    if (Math.abs(other.length - key.length) >= slips) continue;
    const between = distance(key, other);
    if (between < slips) [best, slips] = [at, between];
  }
  return best;
}
