/** What the workers themselves measured: each accounted line says how long a message was on its way through the worker. */
import { readFileSync } from "node:fs";
import * as v from "valibot";
import type { Millis } from "../shared/clock.ts";
import { channelLogFolder, type Home } from "../shared/home.ts";
import { Login } from "../shared/ids.ts";
import { channelLogFile } from "../shared/log-files.ts";

const Accounted = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    time: v.string(),
    kind: v.literal("chat-message"),
    outcome: v.literal("answered"),
    ms: v.object({ arrivedToWritten: v.number() }),
  }),
);

/** From a message's arrival in the process to its reply being written to the socket. */
export function readWorkerTimes(
  home: Home,
  channels: readonly string[],
  sinceWall: Millis,
): readonly Millis[] {
  return channels.flatMap((channel) => {
    const file = channelLogFile(channelLogFolder(home, v.parse(Login, channel)), "commands");
    return readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line) => {
        const parsed = v.safeParse(Accounted, line);
        const isCounted = parsed.success && Date.parse(parsed.output.time) >= sinceWall;
        return isCounted ? [parsed.output.ms.arrivedToWritten] : [];
      });
  });
}
