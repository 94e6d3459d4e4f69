/** What the verbs of `auth` need: the configuration, id.twitch.tv, and what the features that are enabled want. */
import { existsSync } from "node:fs";
import { type Accounts, makeAccounts } from "../../db/accounts.ts";
import { makeChannelBook } from "../../db/channels.ts";
import { toDatabaseError } from "../../db/database-errors.ts";
import { makeDesiredSubscriptions } from "../../db/desired-subscriptions.ts";
import { findApplied, readMigrations } from "../../db/migrate.ts";
import { type Db, openReadOnly } from "../../db/open.ts";
import { planMigration } from "../../db/plan-migration.ts";
import { openKeyChest } from "../../db/secrets/key-chest.ts";
import type { Config } from "../../shared/config.ts";
import type { Login } from "../../shared/ids.ts";
import { findKeySource, USE_DB_VARIABLE } from "../../shared/key-source.ts";
import { getConfig } from "../../shared/load-config.ts";
import { toFeatures } from "../../shared/twitch/features.ts";
import { type IdLogin, makeIdLogin } from "../../shared/twitch/id-login.ts";
import { type ApplicationGrants, type IdTwitch, makeIdTwitch } from "../../shared/twitch/id-twitch.ts";
import type { Features } from "../../shared/twitch/scopes.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { environmentOfHouse } from "../house/environment-of-house.ts";
import type { Desk } from "../verb.ts";

export interface AuthRoom {
  readonly config: Config;
  readonly idTwitch: IdTwitch & ApplicationGrants;
  readonly idLogin: IdLogin;
  readonly features: Features;
}

/** @throws KissError config-missing, config-wrong */
export function openAuthRoom(desk: Pick<Desk, "home" | "environment">): AuthRoom {
  const environment = environmentOfHouse(desk);
  const config = withTokensInUse(getConfig(desk.home.configFile, { environment }), environment);
  const { client_id: clientId, client_secret: clientSecret, urls } = config.twitch;
  const application = { baseUrl: urls.id, clientId, clientSecret };
  return {
    config,
    idTwitch: makeIdTwitch(application),
    idLogin: makeIdLogin(application),
    features: toFeatures(config, whatIsKnown(desk)),
  };
}

/** With --use-db those of the configuration count for nothing. */
const withTokensInUse = (config: Config, environment: NodeJS.ProcessEnv): Config =>
  environment[USE_DB_VARIABLE] === "1"
    ? { ...config, twitch: { ...config.twitch, tokens: undefined } }
    : config;

/** Channels that were added by command, and what workers asked for; nothing where no house has run yet. */
function whatIsKnown(desk: Pick<Desk, "home">): {
  readonly channels: readonly Login[];
  readonly asked: ReadonlyMap<Login, readonly Topic[]>;
} {
  const known = lookInto(desk.home.database, (db) => {
    const channels = makeChannelBook(db).all();
    const enabled = channels.filter((one) => one.isEnabled).map((one) => one.channel);
    const asked = [...makeDesiredSubscriptions(db).all()].map(
      ([channel, topics]) => [channel, [...topics]] as const,
    );
    return { channels: enabled, asked: new Map(asked) };
  });
  return known ?? { channels: [], asked: new Map() };
}

/** Without changing it; undefined where there is none, or none that can be read: others say what is wrong with it. */
function lookInto<Result>(file: string, look: (db: Db) => Result): Result | undefined {
  if (!existsSync(file)) return undefined;
  let db: Db | undefined;
  try {
    db = openReadOnly(file);
    return look(db);
  } catch {
    return undefined;
  } finally {
    db?.close();
  }
}

export const openAccounts = (db: Db, desk: Pick<Desk, "home" | "environment" | "clock">): Accounts =>
  makeAccounts({
    db,
    keys: openKeyChest(findKeySource(desk.home.folder, environmentOfHouse(desk))),
    now: desk.clock.wall,
  });

/**
 * `use` reads only. Of a house that has never run, and of a database of an older KissBot, no account is known.
 * @throws KissError database-newer, -changed, -foreign, -damaged, -not-writable
 */
export async function withAccounts<Result>(
  desk: Pick<Desk, "home" | "environment" | "clock">,
  use: (accounts: Accounts | undefined) => Promise<Result>,
): Promise<Result> {
  if (!existsSync(desk.home.database)) return use(undefined);
  const db = openReadOnly(desk.home.database);
  try {
    return await use(findAccounts(db, desk));
  } catch (problem) {
    throw toDatabaseError(desk.home.database, problem);
  } finally {
    db.close();
  }
}

function findAccounts(db: Db, desk: Parameters<typeof openAccounts>[1]): Accounts | undefined {
  const missing = planMigration(findApplied(db) ?? [], readMigrations());
  try {
    return openAccounts(db, desk);
  } catch (problem) {
    // They may be what a migration that is missing brings.
    if (missing.length > 0) return undefined;
    throw problem;
  }
}
