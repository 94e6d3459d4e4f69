import { type AccountView, loginCommand } from "../../auth/judge-account.ts";
import { defineCheck, type Finding } from "../check.ts";
import { findAccountsSeen } from "../look-once.ts";

export default defineCheck({
  name: "scopes",
  async run(desk) {
    const seen = await findAccountsSeen(desk);
    const good = seen?.accounts.filter(({ state }) => state === "good") ?? [];
    if (good.length === 0)
      return [{ level: "ok", says: "not looked at without a login that Twitch accepts" }];
    return good.flatMap(judgeScopes);
  },
});

export function judgeScopes(one: AccountView): readonly Finding[] {
  const who = `${one.login} (${one.type})`;
  if (one.missing.length === 0)
    return [{ level: "ok", says: `${who}: has every scope that enabled features need` }];
  return one.missing.map(({ scope, why, isVital }) => ({
    level: isVital ? "fail" : "warn",
    says: `${who} lacks ${scope}, for ${why.join("; ")}`,
    fix: loginCommand({ login: one.login, tokenType: one.type }),
  }));
}
