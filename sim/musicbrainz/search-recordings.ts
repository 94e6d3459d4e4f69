/**
 * The part of MusicBrainz's search that is needed: Lucene's `field:"phrase"`, `field:(words)`, AND, OR, boosts and
 * escapes. Pure. What it can't read is refused, as MusicBrainz refuses a query that is no Lucene.
 */
import { type SimRecording, simRecordings } from "./recordings.ts";

interface Clause {
  readonly field: "recording" | "artist";
  readonly words: readonly string[];
  readonly isPhrase: boolean;
  readonly boost: number;
}
/** Alternatives, each of clauses that must all hold. */
type Query = readonly (readonly Clause[])[];

export interface Scored {
  readonly recording: SimRecording;
  /** The best has 100. */
  readonly score: number;
}

const CLAUSE =
  /^(recording|artist):(?:"((?:[^"\\]|\\.)*)"|\(((?:[^()\\"]|\\.)*)\)|((?:[^\s()"\\]|\\.)+))(?:\^(\d+))?/;
const JOINT = /^\s+(AND|OR)\s+/;
/** What must be escaped to be a letter. */
const OPERATOR = /[+!{}[\]^"~*?:/]|&&|\|\|/;

const toWords = (text: string): string[] =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

export function parseLucene(text: string): Query | undefined {
  const alternatives: Clause[][] = [[]];
  let rest = text.trim();
  while (rest !== "") {
    const [whole, field, phrase, group, word, boost] = CLAUSE.exec(rest) ?? [];
    if (whole === undefined || (field !== "recording" && field !== "artist")) return undefined;
    const raw = phrase ?? group ?? word ?? "";
    if (phrase === undefined && OPERATOR.test(raw.replace(/\\./g, ""))) return undefined;
    const words = toWords(raw.replace(/\\(.)/g, "$1"));
    alternatives.at(-1)?.push({ field, words, isPhrase: phrase !== undefined, boost: Number(boost ?? 1) });
    rest = rest.slice(whole.length);
    if (rest === "") break;
    const [joint, which] = JOINT.exec(rest) ?? [];
    if (joint === undefined) return undefined;
    if (which === "OR") alternatives.push([]);
    rest = rest.slice(joint.length);
    if (rest === "") return undefined;
  }
  return alternatives[0]?.length === 0 ? undefined : alternatives;
}

export function searchRecordings(query: Query): readonly Scored[] {
  const rated = simRecordings
    .map((recording) => ({
      recording,
      points: query.reduce((sum, clauses) => sum + pointsOf(clauses, recording), 0),
    }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points);
  const best = rated[0]?.points ?? 1;
  return rated.map(({ recording, points }) => ({ recording, score: Math.round((points / best) * 100) }));
}

function pointsOf(clauses: readonly Clause[], recording: SimRecording): number {
  const each = clauses.map((clause) => clause.boost * match(clause, recording));
  return each.includes(0) ? 0 : each.reduce((sum, one) => sum + one, 0);
}

/** 0 to 1: a phrase holds or not, of words each counts; a name that says less beside them fits better. */
function match({ field, words, isPhrase }: Clause, { title, artist }: SimRecording): number {
  const have = toWords(field === "recording" ? title : artist);
  if (words.length === 0 || have.length === 0) return 0;
  const hits = words.filter((word) => have.includes(word)).length;
  if (hits === 0) return 0;
  if (isPhrase && !` ${have.join(" ")} `.includes(` ${words.join(" ")} `)) return 0;
  return (hits / words.length) * (hits / have.length);
}
