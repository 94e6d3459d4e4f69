/** Reads config.yaml, config/modules/*.yaml and KISSBOT_*, and finds everything that is wrong with them at once, each with its place. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { checkModule, type ModuleSchemas } from "./config/check-module.ts";
import { type Finding, toFinding } from "./config/describe-issue.ts";
import { type ReadEnvironment, readEnvironment } from "./config/environment-source.ts";
import { findKey, type KeyNode, toKeyTree } from "./config/key-tree.ts";
import { type Translated, translateOldNames } from "./config/old-names.ts";
import { type Origin, toOriginFinder } from "./config/origin.ts";
import { describePlaceholders } from "./config/placeholders.ts";
import { getIn, type Plain, setIn } from "./config/plain-tree.ts";
import { type ConfigProblem, describeProblems } from "./config/problem.ts";
import { parseYaml, type ReadYaml, readYamlFile, type YamlSource } from "./config/yaml-source.ts";
import { Config } from "./config.ts";
import { KissError } from "./errors.ts";
import { USE_DB_VARIABLE } from "./key-source.ts";

export type LoadedConfig =
  | {
      readonly is: "right";
      readonly config: Config;
      /** What is taken although it is called otherwise now. */
      readonly warnings: readonly ConfigProblem[];
      /** As it was written, before defaults were filled in. */
      readonly plain: Plain;
      originOf(path: readonly string[]): Origin;
    }
  | { readonly is: "missing" }
  | { readonly is: "wrong"; readonly problems: readonly ConfigProblem[] };

export { CONFIG_BYTES_MAX } from "./config/yaml-source.ts";

export const configTree: KeyNode = toKeyTree(Config);

export interface ModuleSettingsFile {
  /** The module's. */
  readonly name: string;
  readonly file: string;
  readonly read: Exclude<ReadYaml, { is: "missing" }>;
}

interface Beside {
  readonly environment?: NodeJS.ProcessEnv;
  readonly moduleSchemas?: ModuleSchemas;
}

/** The environment is this process's when none is handed in: it belongs to the configuration as the files do. */
export function loadConfig(file: string, beside: Beside = {}): LoadedConfig {
  const { environment = process.env, moduleSchemas } = beside;
  const read = readYamlFile(file);
  const hasVariables = readEnvironment(environment, configTree).settings.length > 0;
  if (read.is === "missing" && !hasVariables) return read;
  const main = read.is === "missing" ? parseYaml("") : read;
  const modules = readModuleFiles(join(dirname(file), "modules"));
  const combined = combine(main, { modules, environment, moduleSchemas, file });
  if (combined.is === "wrong") return combined;
  const says = describePlaceholders(combined.config, environment[USE_DB_VARIABLE] === "1");
  return says === undefined ? combined : { is: "wrong", problems: [toFileProblem(says, main)] };
}

const toFileProblem = (says: string, main: Exclude<ReadYaml, { is: "missing" }>): ConfigProblem => ({
  line: main.is === "read" ? main.source.lineOf(["twitch"]) : 1,
  path: "twitch",
  says,
});

/** Pure: one text, and what is handed in with it. */
export function parseConfig(
  text: string,
  beside: Beside & { readonly modules?: readonly ModuleSettingsFile[] } = {},
): Exclude<LoadedConfig, { is: "missing" }> {
  return combine(parseYaml(text), { modules: [], environment: {}, file: "config.yaml", ...beside });
}

interface Sources {
  readonly file: string;
  readonly modules: readonly ModuleSettingsFile[];
  readonly environment: NodeJS.ProcessEnv;
  readonly moduleSchemas?: ModuleSchemas | undefined;
}

function combine(
  main: Exclude<ReadYaml, { is: "missing" }>,
  sources: Sources,
): Exclude<LoadedConfig, { is: "missing" }> {
  const variables = readEnvironment(sources.environment, configTree);
  const ofModules = sources.modules.flatMap(problemsOfFile);
  if (main.is === "wrong") {
    return { is: "wrong", problems: [...main.problems, ...ofModules, ...variables.problems] };
  }
  const translated = translateOldNames(main.source, (path) => findKey(configTree, path) !== undefined);
  const twice = sources.modules.flatMap(({ name, file, read }) =>
    read.is === "read" && getIn(translated.plain, ["modules", name]) !== undefined
      ? [{ in: { file }, line: 1, path: "", says: `modules.${name} stands in config.yaml as well: keep one` }]
      : [],
  );
  const plain = merge(translated.plain, sources.modules, variables);
  const parsed = v.safeParse(Config, plain);
  const originOf = toOriginFinder({ main: main.source, translated, variables, ...sources });
  const found = [
    ...(parsed.issues ?? []).map((issue) => toFinding(issue, configTree)),
    ...(parsed.success ? findInModules(parsed.output.modules, sources.moduleSchemas) : []),
  ];
  const placed = found.map((one) => toProblem(one, main.source, translated, sources.modules, originOf));
  const problems = [...translated.problems, ...placed, ...twice, ...ofModules, ...variables.problems];
  if (problems.length > 0 || !parsed.success) {
    return { is: "wrong", problems: problems.sort((a, b) => weigh(a) - weigh(b) || a.line - b.line) };
  }
  return { is: "right", config: parsed.output, warnings: translated.warnings, plain, originOf };
}

/** config.yaml's own problems come first. */
const weigh = (problem: ConfigProblem): number => (problem.in === undefined ? 0 : 1);

function merge(main: Plain, modules: readonly ModuleSettingsFile[], { settings }: ReadEnvironment): Plain {
  let plain = main;
  for (const { name, read } of modules) {
    if (read.is === "read") plain = setIn(plain, ["modules", name], read.source.plain);
  }
  for (const { path, value } of settings) plain = setIn(plain, path, value);
  return plain;
}

const problemsOfFile = ({ file, read }: ModuleSettingsFile): readonly ConfigProblem[] =>
  read.is === "wrong" ? read.problems.map((one) => ({ ...one, in: { file } })) : [];

/** What the modules themselves say of their settings. */
function findInModules(modules: Config["modules"], schemas: ModuleSchemas | undefined): readonly Finding[] {
  if (!schemas) return [];
  return Object.entries(modules).flatMap(([name, settings]) => checkModule(name, settings, schemas));
}

function toProblem(
  { path, says }: Finding,
  main: YamlSource,
  { oldPaths }: Translated,
  modules: readonly ModuleSettingsFile[],
  originOf: (path: readonly string[]) => Origin,
): ConfigProblem {
  const name = path.join(".");
  const origin = originOf(path);
  if (origin.is === "environment") return { in: { variable: origin.variable }, line: 1, path: name, says };
  const own = modules.find((one) => path[0] === "modules" && path[1] === one.name);
  if (own?.read.is === "read") {
    return { in: { file: own.file }, line: own.read.source.lineOf(path.slice(2)), path: name, says };
  }
  return { line: main.lineOf(oldPaths.get(name) ?? path), path: name, says };
}

const SETTINGS_FILE = /^([a-z][a-z0-9-]*)\.yaml$/;

/** Other files may lie there, too: only what ends in .yaml is looked at, samples are not. */
function readModuleFiles(folder: string): readonly ModuleSettingsFile[] {
  return yamlFilesIn(folder).map((base) => {
    const file = join(folder, base);
    const name = SETTINGS_FILE.exec(base)?.[1];
    const says = "expected a file with a module's name: lower-case letters, digits and -, then .yaml";
    if (name === undefined)
      return { name: base, file, read: { is: "wrong", problems: [{ line: 1, path: "", says }] } };
    const read = readYamlFile(file);
    return { name, file, read: read.is === "missing" ? parseYaml("") : read };
  });
}

function yamlFilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name) && !/^\.|\.sample\./.test(name))
      .sort();
  } catch {
    // No folder, no files: that is how most installations are.
    return [];
  }
}

/** @throws KissError config-missing or config-wrong, with every problem as `file:line: path: expected …` */
export function getConfig(
  file: string,
  beside: Beside & { readonly warn?: (line: string) => void } = {},
): Config {
  const loaded = loadConfig(file, beside);
  switch (loaded.is) {
    case "right":
      for (const line of describeProblems(file, loaded.warnings)) beside.warn?.(line.trim());
      return loaded.config;
    case "missing":
      throw new KissError("config-missing", file);
    case "wrong":
      throw new KissError("config-wrong", `\n${describeProblems(file, loaded.problems).join("\n")}`);
  }
}
