/** The registry's check at the door: what lies in the folder is a module, or the boot stops and says which file is none. */
import * as v from "valibot";
import { KissError } from "../shared/errors.ts";
import { describeIssues } from "../shared/ipc/link.ts";
import { Topic } from "../shared/twitch/topics.ts";
import type { AnyModule } from "./module.ts";
import type { ModuleFile } from "./modules-folder.ts";
import { RANKS } from "./signal.ts";

const NAME = /^[a-z][a-z0-9-]*$/;
const WORD = /^[^\s\p{Lu}]{1,25}$/u;

const callable = v.function();
const Topics = v.array(Topic);
const Duration = v.pipe(v.number(), v.minValue(0));
const CommandShape = v.object({
  words: v.pipe(
    v.array(v.pipe(v.string(), v.regex(WORD, "a word without spaces or capitals"))),
    v.minLength(1, "at least one word"),
  ),
  usage: v.pipe(v.string(), v.nonEmpty("a line for !help")),
  who: v.picklist(RANKS),
  cooldownMs: v.object({ perUser: Duration, perChannel: Duration }),
  run: callable,
});
const ModuleShape = v.object({
  name: v.pipe(v.string(), v.regex(NAME)),
  summary: v.pipe(v.string(), v.nonEmpty("one sentence")),
  config: v.custom<v.GenericSchema>(isSchema, "a valibot schema"),
  topics: v.optional(v.lazy((given): v.GenericSchema => (typeof given === "function" ? callable : Topics))),
  commands: v.optional(v.array(CommandShape)),
  start: callable,
  onEvent: v.optional(callable),
  stop: v.optional(callable),
});

function isSchema(given: unknown): boolean {
  return (
    typeof given === "object" &&
    given !== null &&
    "~run" in given &&
    "kind" in given &&
    given.kind === "schema"
  );
}

/** @throws KissError bad-module that names the file and what is wrong with it */
export function findModules(files: readonly ModuleFile[]): readonly AnyModule[] {
  const modules = files.map(parseModule);
  refuseSharedWords(modules);
  return modules;
}

function parseModule({ file, exported }: ModuleFile): AnyModule {
  const parsed = v.safeParse(ModuleShape, exported);
  if (!parsed.success) throw new KissError("bad-module", `${file}: ${describeIssues(parsed.issues)}`);
  // Its shape was just checked; the functions' own types can't be seen from outside.
  const module = exported as AnyModule;
  const name = file.replace(/(\/index)?\.[a-z]+$/, "");
  if (module.name !== name) {
    throw new KissError(
      "bad-module",
      `${file}: its name is "${module.name}", it must be "${name}" like the file`,
    );
  }
  const mayWant = typeof module.topics === "function" || (module.topics?.length ?? 0) > 0;
  if (mayWant && !module.onEvent) {
    throw new KissError("bad-module", `${file}: it wants topics but has no onEvent to hear them`);
  }
  if (!v.safeParse(module.config, {}).success) {
    throw new KissError(
      "bad-module",
      `${file}: its config must accept {}, a module works without being configured`,
    );
  }
  return module;
}

function refuseSharedWords(modules: readonly AnyModule[]): void {
  const owners = new Map<string, string>();
  for (const { name, commands } of modules) {
    for (const word of (commands ?? []).flatMap((command) => command.words)) {
      const owner = owners.get(word);
      if (owner !== undefined) {
        throw new KissError("bad-module", `${name}: the word "${word}" already belongs to ${owner}`);
      }
      owners.set(word, name);
    }
  }
}
