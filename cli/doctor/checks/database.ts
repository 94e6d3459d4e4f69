import {
  type Checked,
  checkDatabase,
  type DatabaseFacts,
  type Examined,
  examineDatabase,
} from "../../../db/examine.ts";
import { KissError } from "../../../shared/errors.ts";
import { defineCheck, type Finding } from "../check.ts";

export default defineCheck({
  name: "database",
  async run({ home }) {
    const examined = examineDatabase(home.database);
    if (examined.is === "none") return [{ level: "ok", says: "none yet: the first start makes it" }];
    if (examined.is === "trouble") return [toTrouble(examined)];
    const checked = checkDatabase(home.database);
    if (checked.is === "trouble") return [judgeSchema(examined.facts), toTrouble(checked)];
    return [judgeSchema(examined.facts), ...(checked.is === "there" ? judgeIntegrity(checked.facts) : [])];
  },
});

const toTrouble = ({ because }: Extract<Examined, { is: "trouble" }>): Finding => ({
  level: "fail",
  says: because.message,
  fix: because instanceof KissError ? because.hint : "./kissbot.sh db status says more",
});

export const judgeSchema = ({ schema, missing }: Pick<DatabaseFacts, "schema" | "missing">): Finding =>
  missing.length === 0
    ? { level: "ok", says: `schema ${schema}, the newest` }
    : {
        level: "warn",
        says: `schema ${schema}: ${missing.join(", ")} not applied yet`,
        fix: "./kissbot.sh db migrate, or the next start, applies them",
      };

export function judgeIntegrity(checked: Checked): readonly Finding[] {
  if (checked.is === "sound")
    return [{ level: "ok", says: `sound: every page of ${checked.tables} tables was looked at` }];
  return checked.problems.map((problem) => ({
    level: "fail",
    says: problem,
    fix: "./kissbot.sh stop, then ./kissbot.sh backup restore",
  }));
}
