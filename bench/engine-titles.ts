/** The titles a bench searches: a file of real ones, made up to the wanted number by seeded synthesis. */
import { readFileSync } from "node:fs";
import { toName } from "../engine/fallback/normalise-title.ts";

export interface Titled {
  readonly title: string;
  readonly count: number;
}

/** The same numbers for the same seed on every machine (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(from: readonly T[], random: () => number): T | undefined =>
  from[Math.floor(random() * from.length)];

export function readTitles(file: string): readonly Titled[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [title = "", count = "1"] = line.split("\t");
      return title.trim() === "" ? [] : [{ title: title.trim(), count: Number(count) || 1 }];
    });
}

const EDITIONS = [
  "Remastered",
  "Definitive Edition",
  "Demo",
  "Season Pass",
  "Soundtrack",
  "Deluxe Edition",
  "HD",
];
const NUMBERS = ["2", "3", "II", "III", "IV", "4"];

/** Real titles first, then sequels, editions and recombinations of their words until there are `total`. */
export function fillUp(real: readonly Titled[], total: number, seed: number): readonly Titled[] {
  const random = makeRandom(seed);
  const titles = real.slice(0, total);
  const known = new Set(titles.map(({ title }) => toName(title).canonical));
  const words = [
    ...new Set(real.flatMap(({ title }) => title.split(" ").filter((word) => /^[A-Z][a-z]{3,}$/.test(word)))),
  ];
  while (titles.length < total) {
    const title = invent(real, words, random);
    const key = toName(title).canonical;
    if (key === "" || known.has(key)) continue;
    known.add(key);
    titles.push({ title, count: 1 });
  }
  return titles;
}

function invent(real: readonly Titled[], words: readonly string[], random: () => number): string {
  const kind = random();
  const base = pick(real, random)?.title ?? "";
  if (kind < 0.25 && !/\d$/.test(base)) return `${base} ${pick(NUMBERS, random)}`;
  if (kind < 0.4) return `${base} - ${pick(EDITIONS, random)}`;
  const some = (count: number) => Array.from({ length: count }, () => pick(words, random)).join(" ");
  const head = some(2 + Math.floor(random() * 2));
  return kind < 0.6 ? `${head}: ${some(2)}` : head;
}
