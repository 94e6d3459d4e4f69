import * as v from "valibot";
import { LOG_LEVELS } from "../../shared/log.ts";
import { followFile } from "../logs/follow-file.ts";
import { readHistory } from "../logs/history.ts";
import { type LineWish, makeLineFilter, parseSince } from "../logs/line-filter.ts";
import { bytesOf, findLogSources, type LogSource, pickLogSource } from "../logs/log-files.ts";
import { mergeByTime, parseLogLine, renderLogLine } from "../logs/log-line.ts";
import { type Desk, defineVerb, EXIT_USAGE } from "../verb.ts";

const LINES_SHOWN = 40;
const LINES_MAX = 100_000;

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
        v.regex(/^\d{1,6}$/, "a number of lines, such as 100"),
        v.transform(Number),
        v.maxValue(LINES_MAX, `at most ${LINES_MAX}`),
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
    const all = findLogSources(desk.home);
    const asked = args[0];
    const one = asked === undefined ? undefined : pickLogSource(all, asked);
    if (asked !== undefined && !one) {
      const known = all.map(({ origin }) => origin.replace(/^#/, "")).join(", ");
      desk.warn(`kissbot: there is no log of "${asked}"; there are logs of: ${known}`);
      return 1;
    }
    const wish: LineWish = { level: options.level, grep: options.grep, since };
    const count = options.lines ?? (since === undefined ? LINES_SHOWN : LINES_MAX);
    const sources = one ? [one] : all;
    const shown = showLast(sources, count, wish, desk);
    if (options.follow) await followAll(shown, wish, desk);
    return 0;
  },
});

interface ShownFile {
  readonly origin: string;
  readonly file: string;
  /** Where the shown part ended. */
  readonly endsAt: number;
}

function showLast(
  sources: readonly LogSource[],
  count: number,
  wish: LineWish,
  desk: Desk,
): readonly ShownFile[] {
  const read = sources.flatMap(({ origin, files }) =>
    files.map((file) => ({ origin, file, ...readHistory(file, count, makeLineFilter(origin, wish)) })),
  );
  const merged = mergeByTime(
    read.map(({ origin, lines }) => lines.map((line) => parseLogLine(origin, line))),
  );
  for (const line of count === 0 ? [] : merged.slice(-count)) desk.say(renderLogLine(line, desk.paint));
  if (merged.length === 0 && count > 0) desk.warn(describeNothing(wish, desk));
  for (const { crashFile } of sources) {
    if (bytesOf(crashFile) > 0) desk.warn(`kissbot: last words of a process stand in ${crashFile}`);
  }
  return read;
}

function describeNothing({ level, grep, since }: LineWish, desk: Desk): string {
  const isFiltered = level !== undefined || grep !== undefined || since !== undefined;
  return isFiltered
    ? `kissbot: nothing of that kind stands in ${desk.home.logs}`
    : `kissbot: nothing was logged yet in ${desk.home.logs}`;
}

/** Resolves at Ctrl-C. */
async function followAll(shown: readonly ShownFile[], wish: LineWish, desk: Desk): Promise<void> {
  const stopping = desk.stopSignal();
  const followings = shown.map(({ origin, file, endsAt }) => {
    const judge = makeLineFilter(origin, wish);
    return followFile({
      file,
      from: endsAt,
      clock: desk.clock,
      onLine(line) {
        if (judge(line) === "take") desk.say(renderLogLine(parseLogLine(origin, line), desk.paint));
      },
    });
  });
  await new Promise<void>((resolve) => stopping.addEventListener("abort", () => resolve(), { once: true }));
  for (const following of followings) following.stop();
}
