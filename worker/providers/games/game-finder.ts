/**
 * A game's way to an answer in this process: what moderators settled, then what the engine makes of the words, then
 * the shelf, then the hub, which asks the sources once for all workers.
 */
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { FindCollapsed } from "../../../shared/crowd/candidate.ts";
import { OPTIONS_MAX } from "../../../shared/games/game-facts.ts";
import { parseTitle, toCategoryKey, toGameKey, toYearKey } from "../../../shared/games/game-key.ts";
import type { GameEnd, GameWanted, TraceStep } from "../../../shared/ipc/game-words.ts";
import type { GameDesk } from "../../games.ts";
import type { HubDesk } from "../../hub-desk.ts";
import type { GameShelf } from "./game-shelf.ts";
import type { PerfTrace } from "./perf-trace.ts";
import { type PlannedTitle, planOffer, planTitle } from "./plan-title.ts";
import type { TitleIndex } from "./title-index.ts";

/** The sources have some seconds together, a module eight. */
const HUB_WITHIN_MS: Millis = 7_000;

export type GameFinder = Omit<GameDesk, "close" | "engine">;

export function makeGameFinder(using: {
  readonly hub: Pick<HubDesk, "ask">;
  readonly shelf: GameShelf;
  readonly titles: TitleIndex;
  readonly findCollapsed: FindCollapsed;
  /** The file's name; undefined: it could not be written. */
  readonly saveTrace: (trace: PerfTrace) => Promise<string | undefined>;
  readonly clock: Clock;
}): GameFinder {
  const { hub, shelf, titles, clock } = using;

  const timed = <T>(note: Note, step: string, work: () => T, say: (value: T) => string): T => {
    const beganAt = clock.now();
    const value = work();
    note({ step, tookMs: clock.now() - beganAt, ended: say(value).slice(0, ENDED_MAX) });
    return value;
  };
  const askHub = async (wanted: GameWanted, note: Note, isTraced: boolean): Promise<GameEnd> => {
    const beganAt = clock.now();
    const asked = await hub.ask({ about: "game", wanted, ...(isTraced && { isTraced }) }, HUB_WITHIN_MS);
    const end: GameEnd =
      asked.is === "answered" ? asked.reply.end : { is: "away", detail: "the hub is away" };
    note({ step: "hub", tookMs: clock.now() - beganAt, ended: end.is });
    if (asked.is === "answered")
      for (const step of asked.reply.trace ?? []) note({ ...step, step: `· ${step.step}` });
    return end;
  };
  const remember = (question: string, end: GameEnd) => {
    if (end.is === "found" && !end.isStale) {
      const { key, facts } = end;
      shelf.put(question, { is: "game", key, facts, freshUntil: Number.POSITIVE_INFINITY });
    }
    if (end.is === "several") shelf.put(question, end);
  };
  const look = async (question: string, wanted: GameWanted, note: Note, isTraced: boolean) => {
    const found = timed(
      note,
      "shelf",
      () => shelf.find(question),
      (one) => (one ? `${one.answer.is} in ${one.from}` : "unknown"),
    );
    if (!found) {
      const end = await askHub(wanted, note, isTraced);
      remember(question, end);
      return end;
    }
    const { answer } = found;
    if (answer.is !== "game") return toEnd(answer);
    const isStale = answer.freshUntil <= clock.wall();
    // The hub asks anew, behind this answer.
    if (isStale)
      void hub.ask({ about: "game", wanted }, HUB_WITHIN_MS).then((asked) => {
        if (asked.is === "answered") remember(question, asked.reply.end);
      });
    return { is: "found", key: answer.key, facts: answer.facts, isStale } as const;
  };
  const lookForTitle = (title: string, year: number | undefined, note: Note, isTraced: boolean) => {
    const question = toYearKey(toGameKey(title), year);
    const wanted: GameWanted = { by: "title", title, ...(year !== undefined && { year }) };
    return look(question, wanted, note, isTraced);
  };
  const plan = (query: string, note: Note): PlannedTitle => {
    const collapsed = timed(
      note,
      "crowd",
      () => using.findCollapsed(query),
      (one) => one?.title ?? "not settled",
    );
    if (collapsed) return { is: "title", title: collapsed.title, year: collapsed.year };
    return timed(
      note,
      `titles (${titles.describe()})`,
      () => planTitle(query, titles.search(query, SEARCHED)),
      (one) => (one.is === "title" ? one.title : `${one.options.length} titles`),
    );
  };
  const find = async (query: string, note: Note, isTraced: boolean): Promise<GameEnd> => {
    const planned = plan(query, note);
    if (planned.is === "several") return { is: "several", options: [...planned.options] };
    if (toGameKey(planned.title) === "") return { is: "nothing" };
    const end = await lookForTitle(planned.title, planned.year, note, isTraced);
    if (end.is !== "nothing") return end;
    // The engine may have been sure of the wrong title: then what was typed is asked for.
    const typed = parseTitle(query);
    if (toGameKey(typed.title) !== toGameKey(planned.title))
      return lookForTitle(typed.title, typed.year, note, isTraced);
    const options = planOffer(query, titles.search(query, SEARCHED));
    return options.length > 0 ? { is: "several", options: [...options] } : end;
  };
  return {
    find: (query) => find(query, () => {}, false),
    choose: ({ name, year }) => lookForTitle(name, year, () => {}, false),
    ofCategory: ({ id, name }) =>
      look(toCategoryKey(id), { by: "category", id, name: name.slice(0, NAME_MAX) }, () => {}, false),
    use: async () => shelf.use(),
    async trace(query) {
      const steps: TraceStep[] = [];
      const beganAt = clock.now();
      const end = await find(query, (step) => steps.push(step), true);
      const tookMs = clock.now() - beganAt;
      const savedAs = await using.saveTrace({ query, end, steps, tookMs });
      return { end, steps, tookMs, savedAs };
    },
  };
}

type Note = (step: TraceStep) => void;

const NAME_MAX = 200;
const ENDED_MAX = 200;
/** One more than is offered, so that a margin shows. */
const SEARCHED = OPTIONS_MAX + 1;

function toEnd(
  answer:
    | { readonly is: "nothing" }
    | {
        readonly is: "several";
        readonly options: readonly { readonly name: string; readonly year?: number | undefined }[];
      },
): GameEnd {
  return answer.is === "nothing" ? { is: "nothing" } : { is: "several", options: [...answer.options] };
}
