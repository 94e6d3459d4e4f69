/** A bench's flags. What was typed wrong is told of in a sentence and ends the process, as with every verb. */
import type { Command } from "commander";
import * as v from "valibot";
import { describeBadOptions } from "../cli/bad-options.ts";
import { EXIT_USAGE } from "../cli/verb.ts";

export function readFlags<Flags>(program: Command, schema: v.GenericSchema<unknown, Flags>): Flags {
  program
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "kissbot: ")) })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE))
    .parse();
  const flags = v.safeParse(schema, program.opts());
  if (flags.success) return flags.output;
  return program.error(`kissbot: ${describeBadOptions(flags.issues, program.opts())}`);
}
