import type { AccountView } from "../../auth/judge-account.ts";
import { formatDuration } from "../../duration.ts";
import { defineCheck, type Finding } from "../check.ts";
import { findAccountsSeen } from "../look-once.ts";

export default defineCheck({
  name: "tokens",
  async run(desk) {
    const seen = await findAccountsSeen(desk);
    return seen
      ? seen.accounts.map(judgeToken)
      : [{ level: "ok", says: "not looked at without a configuration" }];
  },
});

/** Scopes have lines of their own. */
export function judgeToken(one: AccountView): Finding {
  const who = `${one.login} (${one.type})`;
  if (one.state === "good") {
    const until = one.expiresInMs === undefined ? "" : `, for another ${formatDuration(one.expiresInMs)}`;
    const refresh = one.hasRefreshToken ? "" : "; there is no refresh token, so it ends then";
    return one.expiresInMs !== undefined && !one.hasRefreshToken
      ? { level: "warn", says: `${who}: good${until}${refresh}`, fix: fixOf(one) }
      : { level: "ok", says: `${who}: good${until}` };
  }
  const level = one.state === "needs-login" && one.type === "bot" ? "fail" : "warn";
  return { level, says: `${who}: ${one.says}`, fix: one.fix ?? fixOf(one) };
}

const fixOf = ({ login, type }: AccountView): string =>
  `./kissbot.sh auth login ${type === "bot" ? "--bot" : `--channel ${login}`}`;
