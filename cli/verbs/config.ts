import { resolve } from "node:path";
import * as v from "valibot";
import { configTree } from "../../shared/load-config.ts";
import { loadWhole, reportCheck } from "../config/check-config.ts";
import { loadModuleSchemas } from "../config/module-schemas.ts";
import { toModuleTrees } from "../config/module-trees.ts";
import { renderSample } from "../config/sample.ts";
import { showConfig } from "../config/show-config.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

const ACTIONS = ["check", "show", "sample"] as const;

export default defineVerb({
  name: "config",
  summary: "check the configuration, show what holds and where each value comes from, or print a sample",
  arguments: [
    { name: "[action]", says: "check [FILE], show (default) or sample" },
    { name: "[file]", says: "for check: another file than config/config.yaml" },
  ],
  actions: ACTIONS,
  flags: [
    { flags: "--channel <channel>", says: "for show: as it is for this channel" },
    { flags: "--json", says: "the answer for scripts" },
  ],
  options: v.object({ channel: v.optional(v.string()), json: v.optional(v.boolean(), false) }),
  async run({ args, options }, desk) {
    const [action = "show", file, ...more] = args;
    const isFileMeant = file === undefined || action === "check";
    if (!ACTIONS.some((one) => one === action) || !isFileMeant || more.length > 0) {
      desk.warn("kissbot: config knows check [FILE], show [--channel NAME] and sample");
      return EXIT_USAGE;
    }
    switch (action) {
      case "check": {
        const named = file === undefined ? desk.home.configFile : resolve(file);
        return reportCheck(named, await loadWhole(named, desk), options.json, desk);
      }
      case "sample":
        desk.say(renderSample(configTree, toModuleTrees(await loadModuleSchemas())).trimEnd());
        return 0;
      default:
        return showConfig(options, desk);
    }
  },
});
