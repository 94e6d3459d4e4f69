import * as v from "valibot";
import { buildAddon } from "../build-addon.ts";
import { CHECKS } from "../checks/check-list.ts";
import { renderOutcomes } from "../checks/outcome.ts";
import { runCheck } from "../checks/run-check.ts";
import { runChecks } from "../checks/run-checks.ts";
import { plainPaint } from "../paint.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

export default defineVerb({
  name: "test",
  summary: "runs all checks: types, lint, rules, unit, engine, rooms, house; or those that are named",
  arguments: [{ name: "[check...]", says: CHECKS.map(({ name }) => name).join(", ") }],
  options: v.object({}),
  async run({ args }, { clock, environment, paint, say, warn, stopSignal }) {
    const unknown = args.filter((name) => !CHECKS.some((check) => check.name === name));
    if (unknown.length > 0) {
      warn(
        `kissbot: there is no check "${unknown.join('", "')}"; there are: ${CHECKS.map(({ name }) => name).join(", ")}`,
      );
      return EXIT_USAGE;
    }
    // Some tools colour their output in a pipe, too, unless they are told not to.
    const plain = paint === plainPaint ? { ...environment, NO_COLOR: "1" } : environment;
    const using = { clock, environment: plain };
    const wanted = CHECKS.filter(({ name }) => args.length === 0 || args.includes(name));
    const outcomes = await runChecks(wanted, {
      begin: ({ name }) => say(paint("bold", `\n── ${name}`)),
      run: (check, tell) => runCheck(check, using, tell),
      buildAddon: () => buildAddon(using),
      say: (text) => void process.stdout.write(text),
      stop: stopSignal(),
    });
    say(`\n${renderOutcomes(outcomes, paint)}`);
    const isWhole = outcomes.length === wanted.length;
    return isWhole && outcomes.every(({ failed }) => failed === 0) ? 0 : 1;
  },
});
