import * as v from "valibot";
import { followFile } from "../logs/follow-file.ts";
import { readLastLines } from "../logs/last-lines.ts";
import { bytesOf, findLogSources, type LogSource, pickLogSource } from "../logs/log-files.ts";
import { mergeByTime, parseLogLine, renderLogLine } from "../logs/log-line.ts";
import { type Desk, defineVerb } from "../verb.ts";

const LINES_SHOWN = 40;
const LINES_MAX = 100_000;

export default defineVerb({
  name: "logs",
  summary: "what happened, for eyes: supervisor, hub and all channels by time, or one of them",
  arguments: [{ name: "[channel]", says: "a channel, or hub, or supervisor" }],
  flags: [
    { flags: "-f, --follow", says: "go on with what happens from now on; Ctrl-C ends" },
    { flags: "-n, --lines <count>", says: `how many of the last lines (default ${LINES_SHOWN})` },
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
      String(LINES_SHOWN),
    ),
  }),
  async run({ args, options }, desk) {
    const all = findLogSources(desk.home);
    const asked = args[0];
    const one = asked === undefined ? undefined : pickLogSource(all, asked);
    if (asked !== undefined && !one) {
      const known = all.map(({ origin }) => origin.replace(/^#/, "")).join(", ");
      desk.warn(`kissbot: there is no log of "${asked}"; there are logs of: ${known}`);
      return 1;
    }
    const sources = one ? [one] : all;
    const endings = showLast(sources, options.lines, desk);
    if (options.follow) await followAll(sources, endings, desk);
    return 0;
  },
});

/** Answers with where each file's shown part ended. */
function showLast(sources: readonly LogSource[], count: number, desk: Desk): readonly number[] {
  const read = sources.map((source) => readLastLines(source.file, count));
  const files = read.map(({ lines }, at) =>
    lines.map((line) => parseLogLine(sources[at]?.origin ?? "", line)),
  );
  const merged = mergeByTime(files);
  for (const line of count === 0 ? [] : merged.slice(-count)) desk.say(renderLogLine(line, desk.paint));
  if (merged.length === 0 && count > 0) desk.warn(`kissbot: nothing was logged yet in ${desk.home.logs}`);
  for (const { crashFile } of sources) {
    if (bytesOf(crashFile) > 0) desk.warn(`kissbot: last words of a process stand in ${crashFile}`);
  }
  return read.map(({ endsAt }) => endsAt);
}

/** Resolves at Ctrl-C. */
async function followAll(
  sources: readonly LogSource[],
  endings: readonly number[],
  desk: Desk,
): Promise<void> {
  const stopping = desk.stopSignal();
  const followings = sources.map((source, at) =>
    followFile({
      file: source.file,
      from: endings[at] ?? 0,
      clock: desk.clock,
      onLine: (line) => desk.say(renderLogLine(parseLogLine(source.origin, line), desk.paint)),
    }),
  );
  await new Promise<void>((resolve) => stopping.addEventListener("abort", () => resolve(), { once: true }));
  for (const following of followings) following.stop();
}
