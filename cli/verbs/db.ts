import * as v from "valibot";
import { checkNow, forgetTokens, migrateNow, rotateNow, showStatus } from "../db/actions.ts";
import { importOriginal, importYaml } from "../db/import-verbs.ts";
import { quoteStranger } from "../safe-text.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

const ACTIONS = [
  "status",
  "migrate",
  "check",
  "rotate-key",
  "forget-tokens",
  "import-yaml",
  "import-original",
] as const;
type Action = (typeof ACTIONS)[number];
/** Those that take a file. */
const TAKE_FILE: readonly Action[] = ["import-yaml", "import-original"];

export default defineVerb({
  name: "db",
  summary: "the database: status, migrate, check, rotate-key, forget-tokens, import-yaml, import-original",
  arguments: [
    {
      name: "[action]",
      says: "status (default), migrate, check, rotate-key, forget-tokens, import-yaml, import-original",
    },
    {
      name: "[file]",
      says: "for import-yaml a config.yaml (default: ours), for import-original a kissbot.db",
    },
  ],
  actions: ACTIONS,
  flags: [
    { flags: "--apply", says: "imports: bring it over; without, they only say what would come" },
    { flags: "--dry-run", says: "imports: say what would come, which is what they do without --apply" },
    { flags: "--replace", says: "imports: tokens that are here already give way to those that come" },
    { flags: "--key <file>", says: "import-original: the original's .kissbot.key, which opens its tokens" },
    { flags: "--forget-old", says: "rotate-key: take keys that seal nothing here any more out of the ring" },
    { flags: "--yes", says: "forget-tokens: really" },
    { flags: "--json", says: "the answer for scripts" },
  ],
  options: v.object({
    apply: v.optional(v.boolean(), false),
    dryRun: v.optional(v.boolean(), false),
    replace: v.optional(v.boolean(), false),
    key: v.optional(v.string()),
    forgetOld: v.optional(v.boolean(), false),
    yes: v.optional(v.boolean(), false),
    json: v.optional(v.boolean(), false),
  }),
  async run({ args, options }, desk) {
    const parsed = parseAction(args);
    if (parsed.is === "wrong") {
      desk.warn(`kissbot: ${parsed.says}`);
      return EXIT_USAGE;
    }
    if (options.apply && options.dryRun) {
      desk.warn("kissbot: --apply and --dry-run: one of them");
      return EXIT_USAGE;
    }
    switch (parsed.action) {
      case "status":
        return showStatus(desk, options.json);
      case "migrate":
        return migrateNow(desk);
      case "check":
        return checkNow(desk, options.json);
      case "rotate-key":
        return rotateNow(desk, options.forgetOld, options.json);
      case "forget-tokens":
        return forgetTokens(desk, options.yes);
      case "import-yaml":
        return importYaml(parsed.file, options, desk);
      case "import-original":
        return importOriginal(parsed.file, options, desk);
    }
  },
});

/** Pure. */
export function parseAction(
  args: readonly string[],
):
  | { readonly is: "action"; readonly action: Action; readonly file: string | undefined }
  | { readonly is: "wrong"; readonly says: string } {
  const [word = "status", file] = args;
  const action = ACTIONS.find((one) => one === word);
  if (!action) return { is: "wrong", says: `db knows ${ACTIONS.join(", ")}, not ${quoteStranger(word)}` };
  if (file !== undefined && !TAKE_FILE.includes(action)) {
    return { is: "wrong", says: `db ${action} takes no file, not ${quoteStranger(file)}` };
  }
  return { is: "action", action, file };
}
