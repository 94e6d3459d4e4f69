/** Brings over what is not there yet, all of it or nothing. What is known here already is newer, and stays. */
import type { Millis } from "../../shared/clock.ts";
import { toGameKey } from "../../shared/games/game-key.ts";
import { makeAccounts } from "../accounts.ts";
import { makeAuditLog } from "../audit-log.ts";
import { makeBanwords } from "../banwords.ts";
import { makeDevWhitelist } from "../dev-whitelist.ts";
import { makeGameCache } from "../game-cache.ts";
import { type Db, setPatience } from "../open.ts";
import { makePersonalities } from "../personalities.ts";
import type { KeyChest } from "../secrets/key-chest.ts";
import { makeUserDirectory } from "../user-directory.ts";
import { makeWrite } from "../write.ts";
import type { Incoming } from "./incoming.ts";

export interface Tally {
  readonly what: string;
  readonly came: number;
  readonly known: number;
}

export function applyImport(using: {
  readonly db: Db;
  readonly keys: KeyChest;
  readonly incoming: Incoming;
  /** For the audit log: a file's name. */
  readonly from: string;
  /** Tokens that are there are replaced by those that come. */
  readonly replacesTokens: boolean;
  readonly now: () => Millis;
}): readonly Tally[] {
  const { db, keys, incoming, now } = using;
  const accounts = makeAccounts({ db, keys, now });
  const audit = makeAuditLog(db, "cli", now);
  const users = makeUserDirectory(db);
  const whitelist = makeDevWhitelist(db);
  const banwords = makeBanwords(db);
  const personalities = makePersonalities(db);
  const games = makeGameCache(db);
  // The game cache is the hub's, who waits for nobody; an import waits its turn.
  setPatience(db);

  /** Each answers whether it came: what is known stays. */
  const bringOne = {
    user(user: Incoming["users"][number]): boolean {
      if (users.find(user.login)) return false;
      users.put(user);
      return true;
    },
    tokens(fresh: Incoming["tokens"][number]): boolean {
      if (accounts.find(fresh) && !using.replacesTokens) return false;
      accounts.put(fresh);
      const account = `${fresh.login} (${fresh.tokenType})`;
      audit.write("token-stored", { account, because: `import of ${using.from}` });
      return true;
    },
    dev({ login, addedBy, isEnabled }: Incoming["whitelist"][number]): boolean {
      if (whitelist.has(login)) return false;
      whitelist.put(login, addedBy, isEnabled);
      return true;
    },
    personality(personality: Incoming["personalities"][number]): boolean {
      if (personalities.find(personality.channel)) return false;
      personalities.put(personality);
      return true;
    },
    game(game: Incoming["games"][number]): boolean {
      if (games.findByKey(game.key, now())) return false;
      // Readers look for questions: its name is one.
      const question = toGameKey(game.facts.name);
      const meanings = [{ question, meant: "game" as const, key: game.key, expiresAt: game.expiresAt }];
      const batch = { games: [game], meanings, hits: new Map(), misses: 0, calls: new Map() };
      const written = games.write(batch, now());
      if (written.is === "failed") throw new Error(`the game cache took no entry: ${written.problem}`);
      return written.is === "written";
    },
  };
  const bring = makeWrite(db, (): readonly Tally[] => {
    const tallies = [
      tally("users", incoming.users, bringOne.user),
      tally("tokens", incoming.tokens, bringOne.tokens),
      tally("whitelist", incoming.whitelist, bringOne.dev),
      tally("banwords", incoming.banwords, (one) => banwords.add(one.channel, one.word, one.addedBy)),
      tally("personality", incoming.personalities, bringOne.personality),
      tally("game cache", incoming.games, bringOne.game),
    ];
    const summary = tallies.filter(({ came }) => came > 0).map(({ what, came }) => `${came} ${what}`);
    audit.write("data-imported", { from: using.from, summary: summary.join(", ") || "nothing new" });
    return tallies;
  });
  db.pragma("synchronous = FULL");
  try {
    return bring();
  } finally {
    db.pragma("synchronous = NORMAL");
  }
}

function tally<Item>(what: string, items: readonly Item[], bring: (item: Item) => boolean): Tally {
  const came = items.filter(bring).length;
  return { what, came, known: items.length - came };
}
