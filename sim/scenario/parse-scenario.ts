/** YAML text → scenario, or everything that is wrong with it at once, each with its line. Pure. */
import * as v from "valibot";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { type Problem, toPathText, toProblems } from "../control/problems.ts";
import { findDanglingNames } from "./dangling-names.ts";
import { type Scenario, ScenarioSchema } from "./scenario.ts";

export type ParsedScenario =
  | {
      readonly is: "scenario";
      readonly scenario: Scenario;
      /** Line of each script step, for messages while it plays. */
      readonly stepLines: readonly number[];
    }
  | { readonly is: "wrong"; readonly problems: readonly string[] };

export function parseScenario(text: string, file: string): ParsedScenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      (error) => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`,
    );
    return { is: "wrong", problems };
  }
  const lineOf = (path: Problem["path"]) => findLine(document, lines, path);
  const explain = (problem: Problem) => {
    const path = problem.path.length === 0 ? "the file" : toPathText(problem.path);
    return `${file}:${lineOf(problem.path)}: ${path} ${problem.what}`;
  };

  const plain = toPlain(document);
  if (plain.is === "value" && Array.isArray(plain.value)) {
    return { is: "wrong", problems: [`${file}:1: the file is a list, expected a mapping of keys to values`] };
  }
  if (plain.is === "wrong") return { is: "wrong", problems: [`${file}: ${plain.because}`] };
  const parsed = v.safeParse(ScenarioSchema, plain.value);
  if (!parsed.success) return { is: "wrong", problems: toProblems(parsed.issues).map(explain) };
  const dangling = findDanglingNames(parsed.output);
  if (dangling.length > 0) return { is: "wrong", problems: dangling.map(explain) };
  return {
    is: "scenario",
    scenario: parsed.output,
    stepLines: parsed.output.script.map((_, at) => lineOf(["script", at])),
  };
}

/** An empty file is an empty scenario. Aliases that unfold without end are refused by the YAML library. */
function toPlain(document: Document): { is: "value"; value: unknown } | { is: "wrong"; because: string } {
  try {
    return { is: "value", value: document.toJS({ maxAliasCount: 100 }) ?? {} };
  } catch (error) {
    return { is: "wrong", because: error instanceof Error ? error.message : String(error) };
  }
}

/** The line of the nearest thing on the path that is really there. */
function findLine(document: Document, lines: LineCounter, path: Problem["path"]): number {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
