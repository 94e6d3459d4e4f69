import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import { LOG_LEVELS } from "../../shared/log.ts";
import { type Following, followFile } from "../logs/follow-file.ts";
import { BEGINNING, type Mark, type OnUnreadable, openHistory } from "../logs/history.ts";
import { type LineWish, makeLineFilter, parseSince } from "../logs/line-filter.ts";
import { bytesOf, findLogSources, type LogSource, nameOfSource, pickLogSource } from "../logs/log-files.ts";
import { type Origin, parseLogLine, renderLogLine } from "../logs/log-line.ts";
import { newestLines } from "../logs/newest-lines.ts";
import { safeText } from "../safe-text.ts";
import { type Desk, defineVerb, EXIT_USAGE } from "../verb.ts";

const LINES_SHOWN = 40;
const LINES_MAX = 100_000;
const NEW_CHANNELS_EVERY_MS: Millis = 5_000;

export default defineVerb({
  name: "logs",
  summary: "what happened, for eyes: supervisor, hub and all channels by time, or one of them",
  arguments: [{ name: "[channel]", says: "a channel, or hub, or supervisor" }],
  flags: [
    { flags: "-f, --follow", says: "go on with what happens from now on; Ctrl-C ends" },
    {
      flags: "-n, --lines <count>",
      says: `how many of the last lines (default ${LINES_SHOWN}, with --since all)`,
    },
    { flags: "--level <level>", says: `only lines of this level and above: ${LOG_LEVELS.join(", ")}` },
    { flags: "--grep <text>", says: "only lines with this text in them, in upper or lower case" },
    {
      flags: "--since <time>",
      says: "only what happened since: 10m, 2h, 3d ago, or 2026-11-21T05:00 (local time)",
    },
  ],
  options: v.object({
    follow: v.optional(v.boolean(), false),
    lines: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^\d+$/, "a number of lines, such as 100"),
        v.transform(Number),
        v.maxValue(LINES_MAX, `at most ${LINES_MAX} lines`),
      ),
    ),
    level: v.optional(v.picklist(LOG_LEVELS, `one of ${LOG_LEVELS.join(", ")}`)),
    grep: v.optional(v.pipe(v.string(), v.nonEmpty("some text"))),
    since: v.optional(v.string()),
  }),
  async run({ args, options }, desk) {
    const since = options.since === undefined ? undefined : parseSince(options.since, desk.clock.wall());
    if (options.since !== undefined && since === undefined) {
      desk.warn(`kissbot: --since: a time such as 10m, 2h, 3d or 2026-11-21T05:00, not "${options.since}"`);
      return EXIT_USAGE;
    }
    const asked = args[0];
    const find = () => {
      const all = findLogSources(desk.home);
      const one = asked === undefined ? undefined : pickLogSource(all, asked);
      return { all, picked: asked === undefined ? all : one ? [one] : [] };
    };
    const { all, picked } = find();
    if (picked.length === 0) {
      const known = all.map((one) => nameOfSource(one, all)).join(", ");
      desk.warn(`kissbot: there is no log of "${safeText(asked ?? "")}"; there are logs of: ${known}`);
      return 1;
    }
    const wish: LineWish = { level: options.level, grep: options.grep, since };
    const count = options.lines ?? (since === undefined ? LINES_SHOWN : LINES_MAX);
    const ends = showLast(picked, count, wish, desk);
    if (options.follow) await followAll({ find: () => find().picked, ends, wish }, desk);
    return 0;
  },
});

const complainTo =
  (desk: Desk): OnUnreadable =>
  (file, because) =>
    desk.warn(`kissbot: ${file} cannot be read: ${because}`);

/** Answers with where the shown part of each file ends. */
function showLast(
  sources: readonly LogSource[],
  count: number,
  wish: LineWish,
  desk: Desk,
): ReadonlyMap<string, Mark> {
  const histories = sources.flatMap(({ origin, files }) =>
    files.map((file) => ({
      origin,
      file,
      judge: makeLineFilter(origin, wish),
      ...openHistory(file, complainTo(desk)),
    })),
  );
  const shown = newestLines(histories, count);
  for (const history of histories) history.close();
  if (shown.length >= LINES_MAX) desk.warn(`kissbot: only the last ${LINES_MAX} lines are shown`);
  for (const { origin, text } of shown) desk.say(renderLogLine(parseLogLine(origin, text), desk.paint));
  if (shown.length === 0 && count > 0) desk.warn(describeNothing(wish, desk));
  for (const { crashFile } of sources) {
    if (bytesOf(crashFile) > 0) desk.warn(`kissbot: last words of a process stand in ${crashFile}`);
  }
  return new Map(histories.map(({ file, end }) => [file, end]));
}

function describeNothing({ level, grep, since }: LineWish, desk: Desk): string {
  const isFiltered = level !== undefined || grep !== undefined || since !== undefined;
  return isFiltered
    ? `kissbot: nothing of that kind stands in ${desk.home.logs}`
    : `kissbot: nothing was logged yet in ${desk.home.logs}`;
}

/** Resolves at Ctrl-C. */
async function followAll(
  using: {
    /** Asked again and again: a channel may come while we look. */
    readonly find: () => readonly LogSource[];
    readonly ends: ReadonlyMap<string, Mark>;
    readonly wish: LineWish;
  },
  desk: Desk,
): Promise<void> {
  const stopping = desk.stopSignal();
  const followings = new Map<string, Following>();
  const follow = (origin: Origin, file: string) => {
    const judge = makeLineFilter(origin, using.wish);
    return followFile({
      file,
      from: using.ends.get(file) ?? BEGINNING,
      clock: desk.clock,
      onUnreadable: complainTo(desk),
      onLine(line) {
        if (judge(line) === "take") desk.say(renderLogLine(parseLogLine(origin, line), desk.paint));
      },
    });
  };
  const followNew = () => {
    for (const { origin, files } of using.find()) {
      for (const file of files) if (!followings.has(file)) followings.set(file, follow(origin, file));
    }
  };
  followNew();
  const stopLooking = desk.clock.every(NEW_CHANNELS_EVERY_MS, followNew);
  await new Promise<void>((resolve) => stopping.addEventListener("abort", () => resolve(), { once: true }));
  stopLooking();
  for (const following of followings.values()) following.stop();
}
