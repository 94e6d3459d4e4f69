/** Says what is wrong with somebody's JSON or YAML in a sentence a person can act on. Pure. */
import type * as v from "valibot";

export interface Problem {
  readonly path: readonly (string | number)[];
  /** "is missing, expected a string". Reads on after the path. */
  readonly what: string;
}

export function toProblems(issues: readonly v.BaseIssue<unknown>[]): readonly Problem[] {
  return issues.flatMap(toInnermost).map((issue) => ({ path: toPath(issue), what: toWhat(issue) }));
}

/** "channels[0].live" */
export function toPathText(path: readonly (string | number)[]): string {
  return path.map((key, at) => (typeof key === "number" ? `[${key}]` : at === 0 ? key : `.${key}`)).join("");
}

export function toSentence(problem: Problem): string {
  return problem.path.length === 0
    ? `The body ${problem.what}.`
    : `"${toPathText(problem.path)}" ${problem.what}.`;
}

/** A union that failed inside one of its members is best explained by that member. */
function toInnermost(issue: v.BaseIssue<unknown>): readonly v.BaseIssue<unknown>[] {
  const inner =
    (issue.type === "union" || issue.type === "variant") && issue.issues ? issue.issues : undefined;
  const deepest = inner?.filter((one) => toPath(one).length > toPath(issue).length);
  return deepest && deepest.length > 0 ? deepest.flatMap(toInnermost) : [issue];
}

function toPath(issue: v.BaseIssue<unknown>): readonly (string | number)[] {
  return (issue.path ?? []).flatMap((item) =>
    typeof item.key === "string" || typeof item.key === "number" ? [item.key] : [],
  );
}

function toWhat(issue: v.BaseIssue<unknown>): string {
  // Checks and transformations bring their own sentence; a schema's is written here.
  if (issue.kind !== "schema") return `is ${JSON.stringify(issue.input)}: ${issue.message}`;
  if (issue.type === "strict_object" && issue.expected === "never") return "is not a known key here";
  if (issue.type === "strict_object" && issue.received === "undefined") return "is missing";
  const expected = toWords(issue.expected ?? "something else");
  return issue.received === "undefined"
    ? `is missing, expected ${expected}`
    : `is ${issue.received}, expected ${expected}`;
}

const WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  Object: "a mapping of keys to values",
  Array: "a list",
  null: "null",
};

function toWords(expected: string): string {
  return expected
    .replace(/^\((.*)\)$/, "$1")
    .split(" | ")
    .map((one) => WORDS[one] ?? one)
    .join(" or ");
}
