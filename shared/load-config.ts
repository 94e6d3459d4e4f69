/** Reads config.yaml and finds everything that is wrong with it at once, each with its line. */
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { isNode, LineCounter, parseDocument } from "yaml";
import { Config } from "./config.ts";
import { KissError } from "./errors.ts";

export interface ConfigProblem {
  /** From 1. */
  readonly line: number;
  /** "twitch.channels.0"; empty when the file as a whole is meant. */
  readonly path: string;
  readonly expected: string;
}

export type LoadedConfig =
  | { readonly is: "right"; readonly config: Config }
  | { readonly is: "missing" }
  | { readonly is: "wrong"; readonly problems: readonly ConfigProblem[] };

/** A configuration is some hundred lines; a file beyond this is a mistake, not a configuration. */
export const CONFIG_BYTES_MAX = 1024 * 1024;

export function loadConfig(file: string): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === "ENOENT") return { is: "missing" };
    return {
      is: "wrong",
      problems: [{ line: 1, path: "", expected: `a readable file (${(problem as Error).message})` }],
    };
  }
  return parseConfig(text);
}

/** Pure. */
export function parseConfig(text: string): Exclude<LoadedConfig, { is: "missing" }> {
  if (text.length > CONFIG_BYTES_MAX) {
    return {
      is: "wrong",
      problems: [{ line: 1, path: "", expected: `a file of at most ${CONFIG_BYTES_MAX} bytes` }],
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    return {
      is: "wrong",
      problems: document.errors.map((error) => ({
        line: lineAt(error.pos[0]),
        path: "",
        expected: `YAML: ${error.message}`,
      })),
    };
  }

  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 100 });
  } catch (problem) {
    return {
      is: "wrong",
      problems: [{ line: 1, path: "", expected: `YAML: ${(problem as Error).message}` }],
    };
  }
  if (Array.isArray(plain))
    return { is: "wrong", problems: [{ line: 1, path: "", expected: "keys such as `twitch:`, not a list" }] };
  const parsed = v.safeParse(Config, plain ?? {});
  if (parsed.success) return { is: "right", config: parsed.output };

  /** The line of the nearest node that exists on the way to `path`: a missing key is reported at its parent. */
  const lineOf = (path: readonly unknown[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const key = path[length - 1];
      const parent: unknown =
        length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
      const pair = findPair(parent, key);
      const node = pair ?? document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lineAt(node.range[0]);
    }
    return 1;
  };
  const problems = parsed.issues.map((issue) => {
    const path = (issue.path ?? []).map((item) => item.key);
    return { line: lineOf(path), path: path.join("."), expected: describe(issue) };
  });
  return { is: "wrong", problems: problems.sort((a, b) => a.line - b.line) };
}

/** The key node of `key` in a YAML map: that is the line the operator looks for. */
function findPair(parent: unknown, key: unknown): unknown {
  if (typeof parent !== "object" || parent === null || !("items" in parent) || !Array.isArray(parent.items))
    return undefined;
  for (const item of parent.items) {
    if (
      typeof item === "object" &&
      item !== null &&
      "key" in item &&
      isNode(item.key) &&
      String(item.key) === String(key)
    ) {
      return item.key;
    }
  }
  return undefined;
}

/** valibot's own messages are "Invalid type: Expected X but received Y"; ours from the schema say what is expected. */
function describe(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object" && issue.expected === "never") return "no such key here (unknown key)";
  if (issue.received === "undefined") return "this key, but it is missing";
  const isOwnWording = !issue.message.startsWith("Invalid");
  const received = issue.received.length > 60 ? `${issue.received.slice(0, 57)}...` : issue.received;
  return isOwnWording
    ? issue.message
    : `${said(issue)}, not ${isSecretPath(issue) ? "what stands there" : received}`;
}

function said(issue: v.BaseIssue<unknown>): string {
  switch (issue.expected) {
    case "string":
      return "text";
    case "Object":
      return "a section with keys of its own";
    case "Array":
      return "a list";
    case "boolean":
      return "true or false";
    case null:
      return issue.message;
    default:
      return issue.expected;
  }
}

/** A token typed into the wrong place must not be printed. */
function isSecretPath(issue: v.BaseIssue<unknown>): boolean {
  return (issue.path ?? []).some((item) => /token|secret/.test(String(item.key)));
}

/** @throws KissError config-missing or config-wrong, with every problem as `file:line: path: expected …` */
export function getConfig(file: string): Config {
  const loaded = loadConfig(file);
  switch (loaded.is) {
    case "right":
      return loaded.config;
    case "missing":
      throw new KissError("config-missing", file);
    case "wrong":
      throw new KissError("config-wrong", `\n${describeProblems(file, loaded.problems).join("\n")}`);
  }
}

export function describeProblems(file: string, problems: readonly ConfigProblem[]): string[] {
  return problems.map(
    (one) => `  ${file}:${one.line}: ${one.path ? `${one.path}: ` : ""}expected ${one.expected}`,
  );
}
