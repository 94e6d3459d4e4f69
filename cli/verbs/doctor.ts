import { homedir } from "node:os";
import * as v from "valibot";
import { checkoutFolder } from "../../shared/home.ts";
import { loadConfig } from "../../shared/load-config.ts";
import { findChecks } from "../doctor/find-checks.ts";
import { renderFindings } from "../doctor/findings-page.ts";
import { findSecrets, hideSecrets } from "../doctor/hide-secrets.ts";
import { judgeFindings, runChecks } from "../doctor/run-checks.ts";
import { type Desk, defineVerb } from "../verb.ts";

const VERDICTS = { 0: "ok", 1: "warn", 2: "fail" } as const;

export default defineVerb({
  name: "doctor",
  summary: "looks at everything KissBot needs, and says what to do; ends with 0 well, 1 to look at, 2 broken",
  flags: [{ flags: "--json", says: "for scripts" }],
  options: v.object({ json: v.optional(v.boolean(), false) }),
  async run({ options: { json } }, desk) {
    const seen = await runChecks(await findChecks(), desk);
    const examined = hideSecrets(seen, { secrets: secretsOf(desk), folders: foldersOf(desk) });
    const exitCode = judgeFindings(examined);
    desk.say(
      json
        ? JSON.stringify({ verdict: VERDICTS[exitCode], checks: examined }, null, 2)
        : renderFindings(examined, desk.paint),
    );
    return exitCode;
  },
});

function secretsOf({ home, environment }: Desk): readonly string[] {
  const loaded = loadConfig(home.configFile, { environment });
  const kissbots = Object.entries(environment).filter(([name]) => name.startsWith("KISSBOT_"));
  return [
    ...(loaded.is === "right" ? findSecrets(loaded.plain) : []),
    ...findSecrets(Object.fromEntries(kissbots)),
  ];
}

/** Whose machine it is is nobody's business. */
const foldersOf = ({ home }: Desk): ReadonlyMap<string, string> =>
  new Map([
    [homedir(), "~"],
    [checkoutFolder, "(kissbot)"],
    ...(home.folder === checkoutFolder ? [] : [[home.folder, "(home)"] as const]),
  ]);
