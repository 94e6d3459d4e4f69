/** The settings desk of a real worker: its book is the house's database. */
import type { Home } from "../shared/home.ts";
import type { ChannelId, Login } from "../shared/ids.ts";
import type { ChildLife } from "../shared/ipc/child-life.ts";
import type { Logger } from "../shared/log.ts";
import type { LiveSettings } from "./live-settings.ts";
import type { AnyModule } from "./module.ts";
import { makeSettingsDesk, type OpenedBook, type SettingsDesk } from "./settings-desk.ts";

export function openSettingsDesk(using: {
  readonly home: Home;
  readonly channel: Login;
  readonly channelId: ChannelId;
  /** Whose knowledge of names holds here. */
  readonly scope: string;
  readonly modules: readonly AnyModule[];
  /** Modules are awake before it is there; they can't have been asked for anything yet. */
  readonly live: () => LiveSettings | undefined;
  readonly life: Pick<ChildLife, "settingsChanged">;
  readonly log: Logger;
}): SettingsDesk {
  const { home, channel, channelId, scope, modules, log } = using;
  const live = (): LiveSettings => {
    const found = using.live();
    if (!found) throw new Error("settings were asked for before modules were awake");
    return found;
  };
  return makeSettingsDesk({
    channel,
    modules,
    openBook: () => openBook(home.database, { scope, channelId }),
    now: () => live().now(),
    take: (settings) => live().take(settings),
    tellSupervisor: () => using.life.settingsChanged(),
    log,
  });
}

async function openBook(
  database: string,
  of: { readonly scope: string; readonly channelId: ChannelId },
): Promise<OpenedBook> {
  const [{ openDatabase }, { makeSettingsBook }, { findLastSettled }] = await Promise.all([
    import("../db/open.ts"),
    import("../db/settings.ts"),
    import("../db/collapsed-names.ts"),
  ]);
  const db = openDatabase(database, { source: "worker" });
  return {
    book: makeSettingsBook(db, "worker"),
    lastSettled: () => findLastSettled(db, of),
    close: () => db.close(),
  };
}
