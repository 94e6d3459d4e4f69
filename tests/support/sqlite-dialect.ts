/** A database for a repository's test body: the body itself knows repositories only, so another dialect can run it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAccounts } from "../../db/accounts.ts";
import { makeAuditLog } from "../../db/audit-log.ts";
import { makeBanwords } from "../../db/banwords.ts";
import { makeChannelStates } from "../../db/channel-states.ts";
import { makeChannelBook } from "../../db/channels.ts";
import { makeCrowdBook } from "../../db/crowd.ts";
import { makeCustomCommands } from "../../db/custom-commands.ts";
import { makeDesiredSubscriptions } from "../../db/desired-subscriptions.ts";
import { makeDevWhitelist } from "../../db/dev-whitelist.ts";
import { makeEventJournal } from "../../db/event-journal.ts";
import { makeGameCache } from "../../db/game-cache.ts";
import { makeServiceBook } from "../../db/house-services.ts";
import { makeHubState } from "../../db/hub-state.ts";
import { openModuleMemory } from "../../db/module-memory.ts";
import { type Db, openDatabase } from "../../db/open.ts";
import { makePersonalities } from "../../db/personalities.ts";
import { makePoints } from "../../db/points.ts";
import { makeReceipts } from "../../db/receipts.ts";
import { toKeyText } from "../../db/secrets/fernet.ts";
import { openKeyChest } from "../../db/secrets/key-chest.ts";
import { makeSettingsBook } from "../../db/settings.ts";
import { makeUserDirectory } from "../../db/user-directory.ts";
import type { Millis } from "../../shared/clock.ts";
import type { Login } from "../../shared/ids.ts";

const DIALECT_KEY = toKeyText(Buffer.alloc(32, 5));

/** What a dialect makes: every repository there is, on one database. `connect`: a connection that is theirs alone. */
function makeRepositories(
  db: Db,
  { file, connect, now }: { readonly file: string; readonly connect: () => Db; readonly now: () => Millis },
) {
  return {
    accounts: makeAccounts({ db, keys: openKeyChest({ is: "text", text: DIALECT_KEY }), now }),
    audit: makeAuditLog(db, "cli", now),
    settings: makeSettingsBook(db, "cli", now),
    channels: makeChannelBook(db),
    channelStates: makeChannelStates(db),
    wishes: makeDesiredSubscriptions(db),
    hubState: makeHubState(db),
    services: makeServiceBook(db),
    journal: makeEventJournal(db),
    games: makeGameCache(connect()),
    crowd: makeCrowdBook(db),
    memoryOf: (channel: Login) => openModuleMemory(file, channel),
    users: makeUserDirectory(db),
    points: makePoints(db),
    banwords: makeBanwords(db),
    whitelist: makeDevWhitelist(db),
    commands: makeCustomCommands(db),
    personalities: makePersonalities(db),
    receipts: makeReceipts(db),
  };
}
export type Repositories = ReturnType<typeof makeRepositories>;

export interface Dialect {
  readonly name: string;
  /** An empty database; `again` opens the same one once more, as another process would. `now`: wall time. */
  open(now?: () => Millis): { readonly repositories: Repositories; again(): Repositories; close(): void };
}

export const sqlite: Dialect = {
  name: "sqlite",
  open(now = Date.now) {
    const folder = mkdtempSync(join(tmpdir(), "kissbot-dialect-"));
    const opened: Db[] = [];
    const file = join(folder, "kissbot.db");
    const connect = () => {
      const db = openDatabase(file);
      opened.push(db);
      return db;
    };
    const again = () => makeRepositories(connect(), { file, connect, now });
    return {
      repositories: again(),
      again,
      close() {
        for (const db of opened) db.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};
