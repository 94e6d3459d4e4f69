/** The command line. Finds the verb, parses what was typed, runs it, and turns its answer into an exit code. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import * as v from "valibot";
import { toDatabaseError } from "../db/database-errors.ts";
import { systemClock } from "../shared/clock.ts";
import { KissError, toError } from "../shared/errors.ts";
import { checkoutFolder, findHome } from "../shared/home.ts";
import { describeBadOptions } from "./bad-options.ts";
import { chooseColumns } from "./choose-columns.ts";
import { findVerbs } from "./find-verbs.ts";
import { choosePaint } from "./paint.ts";
import { quoteStranger } from "./safe-text.ts";
import { type AnyVerb, type Desk, EXIT_USAGE, type Screen } from "./verb.ts";

const ownScreen: Screen = {
  write: (text) => void process.stdout.write(text),
  size: () => ({ columns: process.stdout.columns, rows: process.stdout.rows }),
};

/** A command that was typed wrong: said without a stack, exit code 64. */
class UsageError extends Error {}

function makeDesk(): Desk {
  const stopping = new AbortController();
  let isListening = false;
  return {
    home: findHome(process.env),
    environment: process.env,
    clock: systemClock,
    paint: choosePaint(process.stdout),
    columns: chooseColumns(process.stdout, process.env),
    screen: () => (process.stdout.isTTY ? ownScreen : undefined),
    say: (text) => void process.stdout.write(`${text}\n`),
    warn: (text) => void process.stderr.write(`${text}\n`),
    stopSignal() {
      if (!isListening) {
        isListening = true;
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
          process.on(signal, () => stopping.abort(signal));
        }
      }
      return stopping.signal;
    },
  };
}

const ownVoice = {
  outputError: (text: string, write: (text: string) => void) => write(text.replace(/^error: /, "kissbot: ")),
};

function toCommand(verb: AnyVerb, desk: Desk, finish: (exitCode: number) => void): Command {
  const command = new Command(verb.name).description(verb.summary).exitOverride().configureOutput(ownVoice);
  if (verb.aliases) command.aliases(verb.aliases);
  for (const { name, says } of verb.arguments ?? []) command.argument(name, says);
  for (const { flags, says } of verb.flags ?? []) command.option(flags, says);
  if (verb.passesThrough) {
    command.helpOption(false).allowUnknownOption().allowExcessArguments().passThroughOptions();
  }
  return command.action(async () => {
    const options = v.safeParse(verb.options, command.opts());
    if (!options.success) {
      throw new UsageError(describeBadOptions(options.issues, command.opts()));
    }
    finish(await verb.run({ args: command.args, options: options.output }, desk));
  });
}

const isNamed = ({ name, aliases }: AnyVerb, word: string): boolean =>
  name === word || (aliases?.includes(word) ?? false);

function readVersion(): string {
  const parsed = v.parse(
    v.object({ version: v.string() }),
    JSON.parse(readFileSync(join(checkoutFolder, "package.json"), "utf8")),
  );
  return parsed.version;
}

/** Any verb may fall over a page that is damaged, or a disk that is full. */
const isSqlite = (thrown: unknown): boolean =>
  thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("SQLITE_");

/** The exit code belonging to whatever was thrown, after saying it. */
function explain(thrown: unknown): number {
  // commander has said its sentence itself.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : EXIT_USAGE;
  const problem = isSqlite(thrown)
    ? toDatabaseError(findHome(process.env).database, thrown)
    : toError(thrown);
  if (problem instanceof UsageError) {
    process.stderr.write(`kissbot: ${problem.message}\n`);
    return EXIT_USAGE;
  }
  const next = problem instanceof KissError ? problem.hint : (problem.stack ?? "");
  process.stderr.write(`kissbot: ${problem.message}\n${next}\n`);
  return problem instanceof KissError ? problem.exitCode : 1;
}

async function main(): Promise<void> {
  // `logs | head` closes our stdout: that is an ordinary end.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  let exitCode = 0;
  try {
    const desk = makeDesk();
    const program = new Command("kissbot.sh")
      .configureOutput(ownVoice)
      .exitOverride()
      .enablePositionalOptions()
      .version(readVersion());
    const [, , word, explained] = process.argv;
    const verbs = await findVerbs(word);
    const isKnown = (asked: string) => asked === "help" || verbs.some((verb) => isNamed(verb, asked));
    if (word === "help" && explained !== undefined && !isKnown(explained)) {
      throw new UsageError(
        `there is no verb ${quoteStranger(explained)}; ./kissbot.sh help shows what there is`,
      );
    }
    for (const verb of verbs) {
      program.addCommand(
        toCommand(verb, desk, (code) => {
          exitCode = code;
        }),
      );
    }
    await program.parseAsync();
  } catch (thrown) {
    exitCode = explain(thrown);
  }
  // What was written is flushed first; a verb that left something open does not keep the shell waiting.
  process.stdout.write("", () => process.exit(exitCode));
}

await main();
