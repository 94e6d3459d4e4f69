/** What every `settings …` needs: the book, the configuration below it, and the modules' schemas. */
import { userInfo } from "node:os";
import { makeChannelBook } from "../../db/channels.ts";
import { openDatabase } from "../../db/open.ts";
import { type Author, makeSettingsBook, type SettingsBook } from "../../db/settings.ts";
import type { ModuleSchemas } from "../../shared/config/check-module.ts";
import type { Config } from "../../shared/config.ts";
import type { Login } from "../../shared/ids.ts";
import { getConfig } from "../../shared/load-config.ts";
import { describeBadName, parseChannelName } from "../channels/channel-name.ts";
import { quoteStranger } from "../safe-text.ts";
import type { Desk } from "../verb.ts";
import { loadModuleSchemas } from "./module-schemas.ts";

export interface SettingsSession {
  readonly book: SettingsBook;
  readonly config: Config;
  readonly schemas: ModuleSchemas;
  readonly channels: readonly Login[];
  readonly author: Author;
}

/** @throws KissError config-missing, config-wrong, bad-module */
export async function withSettings<T>(
  desk: Pick<Desk, "home" | "environment">,
  work: (session: SettingsSession) => T,
): Promise<T> {
  const config = getConfig(desk.home.configFile, { environment: desk.environment });
  const schemas = await loadModuleSchemas();
  const db = openDatabase(desk.home.database, { source: "cli" });
  try {
    const added = makeChannelBook(db)
      .all()
      .map(({ channel }) => channel);
    return work({
      book: makeSettingsBook(db, "cli"),
      config,
      schemas,
      channels: [...new Set([...config.twitch.channels, ...added])].sort(),
      author: { person: userInfo().username, via: "cli" },
    });
  } finally {
    db.close();
  }
}

export type ChosenChannel =
  | { readonly is: "channel"; readonly channel: Login }
  | { readonly is: "wrong"; readonly says: string };

/** Pure: the one that is named; where there is only one, it need not be. */
export function chooseChannel(typed: string | undefined, channels: readonly Login[]): ChosenChannel {
  const wrong = (says: string): ChosenChannel => ({ is: "wrong", says });
  const there = channels.length === 0 ? "there are none yet" : `there are ${channels.join(", ")}`;
  if (typed === undefined) {
    const [only] = channels;
    return only !== undefined && channels.length === 1
      ? { is: "channel", channel: only }
      : wrong(`--channel: which one? ${there}`);
  }
  const channel = parseChannelName(typed);
  if (channel === undefined) return wrong(describeBadName(typed));
  return channels.includes(channel)
    ? { is: "channel", channel }
    : wrong(`--channel: there is no channel ${quoteStranger(typed)}; ${there}`);
}
