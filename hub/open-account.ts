/** The bot and the application at Twitch: their tokens, as whom Helix is asked, and who a channel is. All that also stands without EventSub. */

import { makeAccounts } from "../db/accounts.ts";
import type { AuditWriter } from "../db/audit-log.ts";
import type { Db } from "../db/open.ts";
import { sealOldTokens } from "../db/seal-old-tokens.ts";
import { openKeyChest } from "../db/secrets/key-chest.ts";
import { makeTokenStore } from "../db/token-store.ts";
import { makeUserDirectory } from "../db/user-directory.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import type { Login } from "../shared/ids.ts";
import type { HubPapers } from "../shared/ipc/papers.ts";
import { findKeySource } from "../shared/key-source.ts";
import type { Logger } from "../shared/log.ts";
import { makeIdLogin } from "../shared/twitch/id-login.ts";
import { type Directory, makeDirectory } from "./directory.ts";
import { type HelixCallers, openHelixCallers } from "./open-helix-callers.ts";
import type { HelixPoints } from "./permits/helix-points.ts";
import { type Broadcasters, startBroadcasters } from "./tokens/broadcasters.ts";
import { type Logins, makeLogins } from "./tokens/logins.ts";
import { startTokenOwner, type TokenOwner } from "./tokens/token-owner.ts";
import { openHelix } from "./twitch/helix.ts";
import { makeIdTwitch } from "./twitch/id-twitch.ts";

export interface Account {
  readonly tokens: TokenOwner;
  readonly broadcasters: Broadcasters;
  readonly logins: Logins;
  readonly directory: Directory;
  readonly callers: HelixCallers;
  /** What all who ask Helix have left. */
  readonly points: HelixPoints;
  close(): Promise<void>;
}

/** A hub that is asked to stop has a little more than this. */
const LANDED_WITHIN_MS: Millis = 800;

export function openAccount(using: {
  readonly papers: Pick<
    HubPapers,
    "clientId" | "clientSecret" | "botLogin" | "tokens" | "broadcasters" | "keySource" | "urls"
  >;
  readonly homeFolder: string;
  readonly db: Db;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly audit: AuditWriter;
  readonly onReauthNeeded: (problem: string) => void;
  /** What this broadcaster granted ends with the login. */
  readonly onBroadcasterLost: (login: Login, problem: string) => void;
  readonly onBroadcasterBack: (login: Login) => void;
  /** Somebody logged in. */
  readonly onReauthOver: () => void;
}): Account {
  const { papers, db, clock, log, audit } = using;
  const { botLogin } = papers;
  const { clientId, clientSecret, urls } = papers;
  const idTwitch = makeIdTwitch({ baseUrl: urls.id, clientId, clientSecret });
  const keys = openKeyChest(papers.keySource ?? findKeySource(using.homeFolder, {}));
  const accounts = makeAccounts({ db, keys, now: clock.wall });
  const sealed = sealOldTokens(db, accounts);
  if (sealed > 0) log.info({ sealed }, "tokens that were stored in the clear are encrypted from now on");
  const tokens = startTokenOwner({
    ...using,
    login: botLogin,
    clientId,
    configured: papers.tokens && { refreshToken: undefined, ...papers.tokens },
    store: makeTokenStore(accounts),
    idTwitch,
    onReauthNeeded(problem) {
      audit.write("token-failed", { account: botLogin, because: problem });
      using.onReauthNeeded(problem);
    },
    onRefreshed: () => audit.write("token-refreshed", { account: botLogin }),
  });
  const broadcasters = startBroadcasters({
    ...using,
    configured: (papers.broadcasters ?? []).map((one) => ({ refreshToken: undefined, ...one })),
    accounts,
    clientId,
    idTwitch,
    onReauthNeeded(login, problem) {
      audit.write("token-failed", { account: login, because: problem });
      using.onBroadcasterLost(login, problem);
    },
    onReauthOver: using.onBroadcasterBack,
    onRefreshed: (login) => audit.write("token-refreshed", { account: login }),
  });
  const logins = makeLogins({
    botLogin,
    ownerOf: (key) => (key.tokenType === "bot" ? tokens : broadcasters.ownerOf(key.login)),
    accounts,
    idTwitch,
    idLogin: makeIdLogin({ baseUrl: urls.id, clientId, clientSecret }),
    audit,
    onTaken({ login, tokenType }) {
      if (tokenType === "broadcaster") using.onBroadcasterBack(login);
    },
    wall: clock.wall,
    log,
  });
  const helix = openHelix({ baseUrl: urls.helix, clientId, tokens, clock });
  const callers = openHelixCallers({ ...using, tokens, idTwitch, points: helix.points });
  return {
    tokens,
    broadcasters,
    logins,
    directory: makeDirectory({ api: helix.api, store: makeUserDirectory(db), clock, log }),
    callers,
    points: helix.points,
    async close() {
      // What Twitch gives in this moment is lost when the database is closed before it is stored.
      await isDoneWithin(Promise.all([tokens.stop(), broadcasters.stop()]), LANDED_WITHIN_MS, clock);
      await callers.close();
      await helix.close();
    },
  };
}

function isDoneWithin(done: Promise<unknown>, withinMs: Millis, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(withinMs, () => resolve(false));
    void done.finally(() => {
      cancel();
      resolve(true);
    });
  });
}
