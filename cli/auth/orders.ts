/** `auth refresh` and `auth revoke`: by the hub where there is one, else by the command line itself. */
import type { AccountKey } from "../../db/accounts.ts";
import { safeText } from "../safe-text.ts";
import type { Desk } from "../verb.ts";
import type { AuthRoom } from "./auth-room.ts";
import { configuredFingerprint, findTokensInUse } from "./configured-tokens.ts";
import { loginCommand } from "./judge-account.ts";
import { type ByOneself, carryOut, type Kept } from "./token-keeper.ts";

const EXIT_REFUSED = 1;
const EXIT_AWAY = 2;

export async function refresh(key: AccountKey, room: AuthRoom, desk: Desk): Promise<number> {
  const kept = await carryOut({ do: "refresh-login", ...key }, refreshByOneself(key, room, desk), desk);
  const exitCode = tell(kept, desk);
  // Whoever is away comes back; what was refused takes a person.
  if (kept.is === "refused") desk.warn(`${loginCommand(key)} logs in anew.`);
  return exitCode;
}

export async function revoke(key: AccountKey, room: AuthRoom, desk: Desk): Promise<number> {
  const kept = await carryOut({ do: "forget-login", ...key }, revokeByOneself(key, room), desk);
  const exitCode = tell(kept, desk);
  if (kept.is === "done" && configuredFingerprint(room.config, key) !== undefined)
    desk.warn(
      `kissbot: config.yaml still names tokens of ${key.login} under twitch.tokens: remove them there, or they are used at the next start`,
    );
  if (kept.is === "done")
    desk.say(
      "Twitch keeps the connection itself: https://www.twitch.tv/settings/connections ends that, and every refresh token with it.",
    );
  return exitCode;
}

function tell(kept: Kept, desk: Desk): number {
  if (kept.is === "done") {
    desk.say(kept.line);
    return 0;
  }
  desk.warn(`kissbot: ${safeText(kept.because)}`);
  return kept.is === "away" ? EXIT_AWAY : EXIT_REFUSED;
}

function refreshByOneself(key: AccountKey, { config, idTwitch }: AuthRoom, desk: Desk): ByOneself {
  return async ({ accounts, audit }) => {
    const inUse = findTokensInUse(accounts, config, key);
    if (inUse.is === "locked")
      return { is: "refused", because: `${inUse.because.message}: ${inUse.because.hint}` };
    if (inUse.is === "none") return { is: "refused", because: `${key.login} has not logged in yet` };
    const { refreshToken } = inUse.tokens;
    if (refreshToken === undefined)
      return { is: "refused", because: `there is no refresh token of ${key.login}` };
    const refreshed = await idTwitch.refresh(refreshToken);
    if (refreshed.is !== "fresh") {
      const isFinal = refreshed.is === "needs-reauth";
      accounts.noteFailure(key, refreshed.problem, isFinal ? "needs-reauth" : undefined);
      if (isFinal) audit.write("token-failed", { account: key.login, because: refreshed.problem });
      return { is: isFinal ? "refused" : "away", because: `Twitch says ${refreshed.problem}` };
    }
    const { accessToken } = refreshed;
    const tokens = { accessToken, refreshToken: refreshed.refreshToken ?? refreshToken };
    // First of all: Twitch may have voided the old one.
    accounts.put({ ...key, tokens, grownFrom: inUse.grownFrom, isRefresh: true });
    audit.write("token-refreshed", { account: key.login });
    const validated = await idTwitch.validate(accessToken);
    if (validated.is === "valid") {
      const { userId, scopes, expiresInMs } = validated.facts;
      const expiresAt = expiresInMs === undefined ? undefined : desk.clock.wall() + expiresInMs;
      accounts.noteValid(key, { userId, scopes, expiresAt });
    }
    return { is: "done", line: `${key.login} has a fresh token, stored and encrypted.` };
  };
}

function revokeByOneself(key: AccountKey, { config, idLogin }: AuthRoom): ByOneself {
  return async ({ accounts, audit }) => {
    const inUse = findTokensInUse(accounts, config, key);
    if (inUse.is === "none" && !accounts.find(key))
      return { is: "refused", because: `nothing is known of a login of ${key.login}` };
    const revoked = inUse.is === "found" ? await idLogin.revoke(inUse.tokens.accessToken) : undefined;
    accounts.remove(key);
    audit.write("token-revoked", { account: key.login });
    const isTold = revoked?.is === "revoked" || revoked?.is === "unknown";
    const line = isTold
      ? `The tokens of ${key.login} are revoked at Twitch and forgotten here.`
      : `The tokens of ${key.login} are forgotten here, but Twitch could not be told${revoked && "problem" in revoked ? ` (${revoked.problem})` : ""}.`;
    return { is: "done", line };
  };
}
