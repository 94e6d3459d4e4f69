/** A database for a repository's test body: the body itself knows repositories only, so another dialect can run it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeBanwords } from "../../db/banwords.ts";
import { makeCustomCommands } from "../../db/custom-commands.ts";
import { makeDevWhitelist } from "../../db/dev-whitelist.ts";
import { type Db, openDatabase } from "../../db/open.ts";
import { makePersonalities } from "../../db/personalities.ts";
import { makePoints } from "../../db/points.ts";
import { makeReceipts } from "../../db/receipts.ts";
import { makeUserDirectory } from "../../db/user-directory.ts";

/** What a dialect makes: every repository that a body asks for, on one database. */
export function makeRepositories(db: Db) {
  return {
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
  /** An empty database; `again` opens the same one once more, as another process would. */
  open(): { readonly repositories: Repositories; again(): Repositories; close(): void };
}

export const sqlite: Dialect = {
  name: "sqlite",
  open() {
    const folder = mkdtempSync(join(tmpdir(), "kissbot-dialect-"));
    const opened: Db[] = [];
    const again = () => {
      const db = openDatabase(join(folder, "kissbot.db"));
      opened.push(db);
      return makeRepositories(db);
    };
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
