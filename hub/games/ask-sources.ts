/** One game's way through the sources: all are asked side by side, what was meant is judged, and what they say is made one. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { GameFacts, GameOption, SourceFacts } from "../../shared/games/game-facts.ts";
import { toGameKey } from "../../shared/games/game-key.ts";
import { type Language, mergeFacts } from "../../shared/games/merge-facts.ts";
import type { TraceStep } from "../../shared/ipc/game-words.ts";
import type { ServiceAnswer } from "./ask-service.ts";
import { type Asked, judgeCandidates, LIKENESS } from "./judge-candidates.ts";
import { noRanker, type Ranker } from "./ranker.ts";
import type { Candidate, Source } from "./sources/source.ts";
import { titleLikeness } from "./title-likeness.ts";

export type Learnt =
  /** `likeness`: of its title to what was asked for. */
  | { readonly is: "found"; readonly facts: GameFacts; readonly likeness: number }
  | { readonly is: "several"; readonly options: readonly GameOption[] }
  /** `isCertain`: all were asked, and each answered. */
  | { readonly is: "nothing"; readonly isCertain: boolean }
  | { readonly is: "away"; readonly problem: string };

export type Note = (step: TraceStep) => void;

export interface SourceAsker {
  byTitle(asked: Asked, note: Note): Promise<Learnt>;
  /** The game that IGDB has under this id; `name` for when IGDB can't say. */
  byIgdbId(id: number, name: string, note: Note): Promise<Learnt>;
}

export function makeSourceAsker(using: {
  readonly sources: readonly Source[];
  readonly language: Language;
  readonly deadlineMs: Millis;
  readonly ranker?: Ranker;
  readonly clock: Clock;
}): SourceAsker {
  const { sources, clock, language, ranker = noRanker } = using;

  const timed = async <T>(
    step: string,
    note: Note,
    asked: Promise<ServiceAnswer<T>>,
    count: (value: T) => string,
  ) => {
    const beganAt = clock.now();
    const answer = await asked;
    note({
      step,
      tookMs: clock.now() - beganAt,
      ended: answer.is === "answered" ? count(answer.value) : `${answer.because}: ${answer.problem}`,
    });
    return answer;
  };
  const detailsOf = (source: Source, candidate: Candidate, until: Millis, note: Note) =>
    candidate.facts
      ? Promise.resolve<ServiceAnswer<SourceFacts | undefined>>({ is: "answered", value: candidate.facts })
      : timed(
          `${source.name} details`,
          note,
          source.details(candidate.id, { until }),
          (facts) => facts?.name ?? "nothing",
        );
  const search = async (asked: Asked, among: readonly Source[], until: Millis, note: Note) => {
    const answers = await Promise.all(
      among.map((source) =>
        timed(
          `${source.name} search`,
          note,
          source.search(asked.title, { until }),
          (found) => `${found.length} titles`,
        ),
      ),
    );
    const problems = answers.flatMap((one, at) =>
      one.is === "failed" ? [`${among[at]?.name} ${one.because}`] : [],
    );
    return {
      candidates: answers.flatMap((one) => (one.is === "answered" ? one.value : [])),
      problems,
      isSilent: problems.length === answers.length,
    };
  };
  const detailsOfAll = async (members: readonly Candidate[], until: Millis, note: Note) => {
    const answers = await Promise.all(
      members.map((one) => {
        const source = sources.find(({ name }) => name === one.source);
        return source && detailsOf(source, one, until, note);
      }),
    );
    return answers.flatMap((one) => (one?.is === "answered" ? (one.value ?? []) : []));
  };
  const merge = (told: readonly SourceFacts[], likeness: number): Learnt => {
    const [first, ...rest] = told;
    if (!first) return { is: "away", problem: "what was found could not be read" };
    return { is: "found", facts: mergeFacts([first, ...rest], { language, similarity: likeness }), likeness };
  };

  /** A ranker only puts in order what is offered anyway. */
  const inRankedOrder = async (title: string, options: readonly GameOption[]) => {
    const order = await ranker.rank(
      title,
      options.map(({ name }) => name),
    );
    return order.flatMap((at) => options[at] ?? []);
  };
  const byTitle = async (asked: Asked, note: Note): Promise<Learnt> => {
    if (sources.length === 0) return { is: "away", problem: "no source of games is configured" };
    const phase = phasesFrom(clock.now(), using.deadlineMs);
    const { candidates, problems, isSilent } = await search(asked, sources, phase.searched, note);
    if (isSilent) return { is: "away", problem: problems.join(", ") };
    const judged = judgeCandidates(asked, candidates);
    if (judged.is === "nothing") return { is: "nothing", isCertain: problems.length === 0 };
    if (judged.is === "several")
      return { is: "several", options: await inRankedOrder(asked.title, judged.options) };
    return merge(await detailsOfAll(judged.members, phase.all, note), judged.likeness);
  };
  return {
    byTitle,
    async byIgdbId(id, name, note) {
      const igdb = sources.find((source) => source.name === "igdb");
      if (!igdb) return byTitle({ title: name }, note);
      const phase = phasesFrom(clock.now(), using.deadlineMs);
      const until = phase.named;
      const told = await timed(
        "igdb details",
        note,
        igdb.details(id, { until }),
        (facts) => facts?.name ?? "nothing",
      );
      if (told.is === "failed" || told.value === undefined) return byTitle({ title: name }, note);
      const facts = told.value;
      const others = sources.filter((source) => source !== igdb);
      const found = await search({ title: facts.name }, others, phase.searched, note);
      const same = found.candidates.filter(({ name: title }) => isSameTitle(facts.name, title));
      const more = await detailsOfAll(firstOfEach(same, facts.year), phase.all, note);
      return merge([facts, ...more], 1);
    },
  };
}

/** One slow source must not use up the time in which the others tell what they found. */
const PHASES = { named: 0.35, searched: 0.65 };
const phasesFrom = (now: Millis, deadlineMs: Millis) => ({
  named: now + PHASES.named * deadlineMs,
  searched: now + PHASES.searched * deadlineMs,
  all: now + deadlineMs,
});

const isSameTitle = (a: string, b: string): boolean =>
  toGameKey(a) === toGameKey(b) || titleLikeness(a, b) >= LIKENESS.sure;

/** Of each source the one of that year, else its first. */
function firstOfEach(candidates: readonly Candidate[], year: number | undefined): readonly Candidate[] {
  return [...Map.groupBy(candidates, ({ source }) => source).values()].flatMap(
    (ofSource) => ofSource.find((one) => one.year === year) ?? ofSource[0] ?? [],
  );
}
