import * as v from "valibot";
import { CHECKS } from "../checks/check-list.ts";
import { type Outcome, renderOutcomes } from "../checks/outcome.ts";
import { runCheck } from "../checks/run-check.ts";
import { plainPaint } from "../paint.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

export default defineVerb({
  name: "test",
  summary: "runs all checks: types, lint, rules, unit, engine, rooms, house; or those that are named",
  arguments: [{ name: "[check...]", says: CHECKS.map(({ name }) => name).join(", ") }],
  options: v.object({}),
  async run({ args }, { clock, environment, paint, say, warn }) {
    const unknown = args.filter((name) => !CHECKS.some((check) => check.name === name));
    if (unknown.length > 0) {
      warn(
        `kissbot: there is no check "${unknown.join('", "')}"; there are: ${CHECKS.map(({ name }) => name).join(", ")}`,
      );
      return EXIT_USAGE;
    }
    // Some tools colour their output in a pipe, too, unless they are told not to.
    const plain = paint === plainPaint ? { ...environment, NO_COLOR: "1" } : environment;
    const outcomes: Outcome[] = [];
    for (const check of CHECKS.filter(({ name }) => args.length === 0 || args.includes(name))) {
      say(paint("bold", `\n── ${check.name}`));
      outcomes.push(await runCheck(check, { clock, environment: plain }));
    }
    say(`\n${renderOutcomes(outcomes, paint)}`);
    return outcomes.every(({ failed }) => failed === 0) ? 0 : 1;
  },
});
