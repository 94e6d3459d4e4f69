/** Finds a scenario file: a path, or the name of one that comes with the simulator. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as v from "valibot";
import { toProblems, toSentence } from "../control/problems.ts";
import { findDanglingNames } from "./dangling-names.ts";
import { parseScenario } from "./parse-scenario.ts";
import { EMPTY_SCENARIO, type Scenario, ScenarioSchema } from "./scenario.ts";

export class ScenarioError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ScenarioError";
    this.problems = problems;
  }
}

export interface ReadScenario {
  readonly scenario: Scenario;
  readonly whereIs: (stepIndex: number) => string;
}

const SCENARIOS_FOLDER = join(import.meta.dirname, "..", "scenarios");

/**
 * `given`: a file's path, a built-in name such as "demo", or the scenario itself as it would stand in a file.
 * @throws ScenarioError with everything that is wrong
 */
export function readScenario(given: string | v.InferInput<typeof ScenarioSchema> | undefined): ReadScenario {
  if (given === undefined) return { scenario: EMPTY_SCENARIO, whereIs: nameStep };
  return typeof given === "string" ? readScenarioFile(given) : checkScenario(given);
}

export function builtInScenarios(): readonly string[] {
  return readdirSync(SCENARIOS_FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"));
}

function readScenarioFile(nameOrPath: string): ReadScenario {
  const path = builtInScenarios().includes(nameOrPath)
    ? join(SCENARIOS_FOLDER, `${nameOrPath}.yaml`)
    : nameOrPath;
  const parsed = parseScenario(readText(path), path);
  if (parsed.is === "wrong") throw new ScenarioError(parsed.problems);
  return { scenario: parsed.scenario, whereIs: (index) => `${path}:${parsed.stepLines[index] ?? 1}` };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new ScenarioError([
      `cannot read the scenario ${path}: ${because}; built in are ${builtInScenarios().join(", ")}`,
    ]);
  }
}

function checkScenario(given: unknown): ReadScenario {
  const parsed = v.safeParse(ScenarioSchema, given);
  if (!parsed.success) throw new ScenarioError(toProblems(parsed.issues).map(toSentence));
  const dangling = findDanglingNames(parsed.output);
  if (dangling.length > 0) throw new ScenarioError(dangling.map(toSentence));
  return { scenario: parsed.output, whereIs: nameStep };
}

const nameStep = (index: number) => `script[${index}]`;
