/** What MusicBrainz answers to `/ws/2/recording?query=…&fmt=json`, as far as it is read: https://musicbrainz.org/doc/MusicBrainz_API/Search */
import * as v from "valibot";
import { type Candidate, toFew } from "../../shared/crowd/candidate.ts";
import { toCrowdKey } from "../../shared/crowd/crowd-key.ts";

const Name = v.pipe(v.string(), v.nonEmpty());
const Recording = v.object({
  id: Name,
  title: Name,
  /** 0 to 100, of how well it fits; the first one has 100. */
  score: v.optional(v.union([v.number(), v.pipe(v.string(), v.transform(Number))])),
  "first-release-date": v.optional(v.string()),
  "artist-credit": v.optional(
    v.array(v.object({ name: v.optional(v.string()), joinphrase: v.optional(v.string()) })),
  ),
  releases: v.optional(v.array(v.object({ title: v.optional(v.string()) }))),
  tags: v.optional(v.array(v.object({ name: v.optional(v.string()), count: v.optional(v.number()) }))),
});
type Recording = v.InferOutput<typeof Recording>;

/** One recording that is not as expected does not spoil the others. */
const Answer = v.object({ recordings: v.array(v.unknown()) });

const TEXT_MAX = 200;
export const CANDIDATES_MAX = 5;
/** What fits worse than this only shares a word. */
const SCORE_LEAST = 50;
const SOURCE = "MusicBrainz";

/** Undefined: that is no answer of MusicBrainz. The best first; recordings of one track are one candidate. */
export function parseRecordings(body: unknown): readonly Candidate[] | undefined {
  const answer = v.safeParse(Answer, body);
  if (!answer.success) return undefined;
  const recordings = answer.output.recordings.flatMap((raw) => {
    const recording = v.safeParse(Recording, raw);
    return recording.success ? [recording.output] : [];
  });
  if (recordings.length === 0 && answer.output.recordings.length > 0) return undefined;
  const tracks = new Map<string, Recording[]>();
  for (const one of recordings.filter(({ score = 0 }) => score >= SCORE_LEAST)) {
    const identity = `${toCrowdKey(one.title)}|${toCrowdKey(artistOf(one) ?? "")}`;
    tracks.set(identity, [...(tracks.get(identity) ?? []), one]);
  }
  return [...tracks]
    .slice(0, CANDIDATES_MAX)
    .flatMap(([identity, same]) => (same[0] ? [toCandidate(identity, same[0], same)] : []));
}

function toCandidate(identity: string, first: Recording, same: readonly Recording[]): Candidate {
  const years = same.flatMap((one) => yearOf(one) ?? []);
  const releases = new Set(same.flatMap((one) => (one.releases ?? []).map(({ title = "" }) => title)));
  const by = artistOf(first);
  const tags = same.flatMap((one) => one.tags ?? []).sort((a, b) => (b.count ?? 0) - (a.count ?? 0));
  return {
    identity: identity.slice(0, 2 * TEXT_MAX),
    title: first.title.slice(0, TEXT_MAX),
    ...(by !== undefined && { by }),
    // Later ones are new recordings and collections.
    ...(years.length > 0 && { year: Math.min(...years) }),
    sources: [SOURCE],
    witnesses: Math.max(1, releases.size),
    genres: toFew(tags.map(({ name = "" }) => name.toLowerCase())),
  };
}

/** "Daft Punk feat. Romanthony": names with what stands between them. */
function artistOf(recording: Recording): string | undefined {
  const credited = (recording["artist-credit"] ?? [])
    .map(({ name = "", joinphrase = "" }) => name + joinphrase)
    .join("")
    .trim();
  return credited === "" ? undefined : credited.slice(0, TEXT_MAX);
}

function yearOf(recording: Recording): number | undefined {
  const [, year] = /^(\d{4})(?:-|$)/.exec(recording["first-release-date"] ?? "") ?? [];
  return year === undefined ? undefined : Number(year);
}
