import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { checkoutFolder } from "../../shared/home.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

const FOLDER = join(checkoutFolder, "bench");
/** A bench is a file with a page of its own; what several share has a name with a hyphen. */
const BENCH_FILE = /^([a-z]+)\.ts$/;

export default defineVerb({
  name: "bench",
  summary: "measures: bench path, with --help for its options",
  passesThrough: true,
  arguments: [{ name: "[name]", says: "which" }],
  options: v.object({}),
  async run({ args: [name, ...args] }, { say, warn }) {
    const known = readdirSync(FOLDER).flatMap((file) => BENCH_FILE.exec(file)?.[1] ?? []);
    if (name === undefined || name === "--help" || name === "-h") {
      say(`There is: ${known.join(", ")}. Each says with --help what it measures.`);
      return 0;
    }
    const file = join(FOLDER, `${name}.ts`);
    if (!BENCH_FILE.test(`${name}.ts`) || !existsSync(file)) {
      warn(`kissbot: there is no bench "${name}"; there is: ${known.join(", ")}`);
      return EXIT_USAGE;
    }
    const bench = spawn(process.execPath, [file, ...args], { stdio: "inherit" });
    return new Promise((resolve) => bench.once("exit", (code) => resolve(code ?? 1)));
  },
});
