/** Which log files an installation has. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { channelLogFolder, type Home } from "../../shared/home.ts";
import { Login } from "../../shared/ids.ts";
import { loadConfig } from "../../shared/load-config.ts";
import { CHANNEL_LOGS, channelLogFile, logFileName } from "../../shared/log-files.ts";
import type { Origin } from "./log-line.ts";

export interface LogSource {
  readonly origin: Origin;
  readonly files: readonly string[];
  /** Where the process's stdout and stderr go: empty as long as nothing went badly wrong. */
  readonly crashFile: string;
}

/** Everything that can have a log now, the file may not be there yet. */
export function findLogSources(home: Home): readonly LogSource[] {
  return [
    {
      origin: "supervisor",
      files: [join(home.logs, logFileName("supervisor")), join(home.logs, logFileName("system"))],
      crashFile: join(home.logs, "crash-supervisor.log"),
    },
    {
      origin: "hub",
      files: [join(home.logs, logFileName("hub"))],
      crashFile: join(home.logs, "crash-hub.log"),
    },
    ...findChannels(home).map((channel) => {
      const folder = channelLogFolder(home, channel);
      return {
        origin: `#${channel}`,
        files: CHANNEL_LOGS.map((name) => channelLogFile(folder, name)),
        crashFile: join(folder, "crash.log"),
      };
    }),
  ];
}

/** The channels configured now, and those that have left logs before. */
function findChannels(home: Home): Login[] {
  const loaded = loadConfig(home.configFile);
  const configured = loaded.is === "right" ? loaded.config.twitch.channels : [];
  const folder = join(home.logs, "broadcast");
  const logged = existsSync(folder)
    ? readdirSync(folder).filter((name): name is Login => v.is(Login, name))
    : [];
  return [...new Set([...configured, ...logged])].sort();
}

/** "alice_live", "hub", "supervisor"; "#hub" for a channel that is called as one of those is. */
export function pickLogSource(sources: readonly LogSource[], asked: string): LogSource | undefined {
  const name = asked.toLowerCase();
  return sources.find(({ origin }) => origin === name) ?? sources.find(({ origin }) => origin === `#${name}`);
}

/** As `pickLogSource` takes it. */
export function nameOfSource({ origin }: LogSource, sources: readonly LogSource[]): string {
  const bare = origin.replace(/^#/, "");
  return pickLogSource(sources, bare)?.origin === origin ? bare : origin;
}

export const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
