/** The configuration with what channels have of their own above it, as the database said last. */
import type { SettingsBook } from "../db/settings.ts";
import { type OwnSettings, withOwnSettings } from "../shared/config/with-own-settings.ts";
import type { Config } from "../shared/config.ts";
import { toError } from "../shared/errors.ts";
import type { Login } from "../shared/ids.ts";
import type { Logger } from "../shared/log.ts";

export interface ChannelSettings {
  over(config: Config): Config;
  /** Reads what is new; answers with whether anything was. */
  look(): boolean;
}

export function openChannelSettings(
  book: Pick<SettingsBook, "all" | "newest">,
  log: Logger,
): ChannelSettings {
  let stored: ReadonlyMap<Login, OwnSettings> = new Map();
  let seen = 0;
  let last:
    | { readonly of: Config; readonly with: ReadonlyMap<Login, OwnSettings>; readonly is: Config }
    | undefined;
  const look = (): boolean => {
    try {
      const newest = book.newest();
      if (newest === seen) return false;
      stored = book.all();
      seen = newest;
      return true;
    } catch (problem) {
      // What was read before goes on to hold; the next look may succeed.
      log.error({ err: toError(problem) }, "the channels' own settings could not be read");
      return false;
    }
  };
  look();
  return {
    look,
    over(config) {
      if (last?.of === config && last.with === stored) return last.is;
      const { config: is, problems } = withOwnSettings(config, stored);
      for (const problem of problems)
        log.warn(problem, "a channel's own setting is no longer right and counts for nothing");
      last = { of: config, with: stored, is };
      return is;
    },
  };
}
