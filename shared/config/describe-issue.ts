/** valibot's findings as an operator reads them. Pure. */
import type * as v from "valibot";
import { ANY_KEY, allKeys, findKey, isSecretKey, type KeyNode } from "./key-tree.ts";
import { fewMistakes, findSimilar } from "./suggest.ts";

export interface Finding {
  readonly path: readonly string[];
  readonly says: string;
}

const QUOTED_MAX = 60;

export function toFinding(issue: v.BaseIssue<unknown>, root: KeyNode): Finding {
  const path = (issue.path ?? []).map((item) => String(item.key));
  return { path, says: describe(issue, path, root) };
}

function describe(issue: v.BaseIssue<unknown>, path: readonly string[], root: KeyNode): string {
  if (issue.type === "strict_object" && issue.expected === "never") return describeUnknownKey(path, root);
  if (issue.received === "undefined") return "expected this key, but it is missing";
  // valibot's own messages are "Invalid type: Expected X but received Y"; ours from the schema say what is expected.
  if (!issue.message.startsWith("Invalid")) return `expected ${issue.message}`;
  const received =
    issue.received.length > QUOTED_MAX ? `${issue.received.slice(0, QUOTED_MAX - 3)}...` : issue.received;
  return `expected ${said(issue)}, not ${isSecretPath(path, root) ? "what stands there" : received}`;
}

/** Among its neighbours, and when none is like it, wherever in the schema a key has this name. */
function describeUnknownKey(path: readonly string[], root: KeyNode): string {
  const key = path.at(-1) ?? "";
  const above = findKey(root, path.slice(0, -1));
  const neighbours = above?.children.map((one) => one.key) ?? [];
  const meant = findSimilar(key, neighbours);
  if (meant !== undefined) return `there is no such key; did you mean ${meant}?`;
  const elsewhere = findNamesake(key, root);
  if (elsewhere !== undefined) return `there is no such key here; did you mean ${elsewhere}?`;
  return neighbours.length === 0
    ? "there is no such key"
    : `there is no such key; there are ${neighbours.join(", ")}`;
}

function findNamesake(key: string, root: KeyNode): string | undefined {
  const named = allKeys(root).filter(({ path }) => !path.includes(ANY_KEY));
  const name = findSimilar(
    key,
    named.map((one) => one.key),
    fewMistakes,
  );
  return named.find((one) => one.key === name)?.path.join(".");
}

function said(issue: v.BaseIssue<unknown>): string {
  switch (issue.expected) {
    case "string":
      return "text";
    case "number":
      return "a number";
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
const isSecretPath = (path: readonly string[], root: KeyNode): boolean =>
  isSecretKey(root, path) || path.some((key) => /token|secret|pass|key|webhook/.test(key));
