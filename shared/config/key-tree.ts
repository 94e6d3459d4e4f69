/** A schema read as a tree of keys with what each says of itself: what samples, pages, suggestions and `config show` are made of. Pure. */
import type { KeyNotes } from "./described.ts";

export interface KeyNode {
  /** "" at the root. */
  readonly key: string;
  readonly path: readonly string[];
  readonly description: string;
  readonly notes: KeyNotes;
  readonly isOptional: boolean;
  /** Of a value that may be left out; undefined when leaving it out means something of its own. */
  readonly byDefault: unknown;
  /** `map`: keys that the operator names, all of the shape `entry`. `list`: entries of the shape `entry`, when it has keys. */
  readonly is: "section" | "map" | "list" | "value";
  /** Whether any text is taken as it stands: a number typed there is text, too. */
  readonly isText: boolean;
  /** Whether it may have keys that only somebody else knows, such as a module. */
  readonly isOpen: boolean;
  /** In words: "true or false", "at least 0.1, at most 100". */
  readonly expects: string;
  readonly children: readonly KeyNode[];
  readonly entry: KeyNode | undefined;
}

/** Stands in a path for a key that the operator names. */
export const ANY_KEY = "*";

interface Part {
  readonly kind?: unknown;
  readonly type?: unknown;
  readonly entries?: unknown;
  readonly wrapped?: unknown;
  readonly default?: unknown;
  readonly value?: unknown;
  readonly item?: unknown;
  readonly options?: unknown;
  readonly pipe?: unknown;
  readonly metadata?: unknown;
  readonly message?: unknown;
  readonly description?: unknown;
}

export function toKeyTree(schema: unknown, path: readonly string[] = []): KeyNode {
  let at = asPart(schema);
  const outer = [at];
  let isOptional = false;
  let byDefault: unknown;
  while (at.wrapped !== undefined) {
    isOptional = true;
    byDefault = typeof at.default === "function" ? undefined : at.default;
    at = asPart(at.wrapped);
    outer.push(at);
  }
  const notes: KeyNotes = Object.assign({}, ...outer.map(notesOf).reverse());
  const common = {
    key: path.at(-1) ?? "",
    path,
    description: outer.map(descriptionOf).find((text) => text !== "") ?? "",
    notes,
    isOptional,
    byDefault,
    expects: describeExpected(at),
    isText: isText(at),
    isOpen: at.type === "unknown",
  };
  if (isRecord(at.entries)) {
    const children = Object.entries(at.entries).map(([key, inner]) => toKeyTree(inner, [...path, key]));
    return { ...common, is: "section", children, entry: undefined };
  }
  const inner = notes.entry ?? (at.type === "record" ? at.value : at.type === "array" ? at.item : undefined);
  const entry = inner === undefined ? undefined : toKeyTree(inner, [...path, ANY_KEY]);
  const is = at.type === "record" ? "map" : at.type === "array" ? "list" : "value";
  return { ...common, is, children: [], entry };
}

/** The node a path leads to, through maps and lists by any key; undefined when the schema has no such key. */
export function findKey(root: KeyNode, path: readonly string[]): KeyNode | undefined {
  let at: KeyNode | undefined = root;
  for (const key of path) {
    if (at === undefined) return undefined;
    if (at.isOpen) return at;
    at = at.is === "section" ? at.children.find((one) => one.key === key) : at.entry;
  }
  return at;
}

/** Every node below, the root left out. */
export const allKeys = (root: KeyNode): readonly KeyNode[] =>
  [...root.children, ...(root.entry ? [root.entry] : [])].flatMap((node) => [node, ...allKeys(node)]);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const asPart = (value: unknown): Part => (isRecord(value) ? value : {});

function notesOf(part: Part): KeyNotes {
  const own = pipeOf(part).flatMap((step) => {
    if (step.kind === "schema") return step === part ? [] : [notesOf(step)];
    const found = step.type === "metadata" && isRecord(step.metadata) ? step.metadata.kissbot : undefined;
    return isRecord(found) ? [found as KeyNotes] : [];
  });
  return Object.assign({}, ...own);
}

function descriptionOf(part: Part): string {
  const texts = pipeOf(part).flatMap((step) => {
    if (step.kind === "schema") return step === part ? [] : [descriptionOf(step)];
    return step.type === "description" && typeof step.description === "string" ? [step.description] : [];
  });
  return texts.filter((text) => text !== "").at(-1) ?? "";
}

const pipeOf = (part: Part): readonly Part[] => (Array.isArray(part.pipe) ? part.pipe.map(asPart) : []);

const isText = ({ type, options }: Part): boolean =>
  type === "string" || (Array.isArray(options) && options.every((one) => typeof one === "string"));

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
};

function describeExpected(part: Part): string {
  if (Array.isArray(part.options)) {
    const options = part.options.map((one) => (isRecord(one) ? describeExpected(one) : String(one)));
    return [...new Set(options)].join(" or ");
  }
  const checks = checksOf(part);
  if (checks.length > 0) return [...new Set(checks)].join(", ");
  return WORDS[String(part.type)] ?? "";
}

/** The messages of a value's own checks say what it must be. */
function checksOf(part: Part): readonly string[] {
  if (part.entries !== undefined) return [];
  return pipeOf(part).flatMap((step) => {
    if (step.kind === "schema") return checksOf(step);
    return step.kind === "validation" && typeof step.message === "string" ? [step.message] : [];
  });
}

/** Whether what stands there is never to be printed. */
export const isSecretKey = (root: KeyNode, path: readonly string[]): boolean =>
  path.some((_key, at) => findKey(root, path.slice(0, at + 1))?.notes.isSecret === true);
