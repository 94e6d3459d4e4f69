/** config/config.sample.yaml, written from the schema: every key with what it says of itself, what may be left out switched off. Pure. */
import { stringify } from "yaml";
import type { KeyNode } from "../../shared/config/key-tree.ts";

const COLUMNS_MAX = 120;
const HEAD =
  "KissBot's configuration. Copy this file to config/config.yaml and fill it in; ./kissbot.sh start reads it and names every mistake with its line, ./kissbot.sh config check does so beforehand. Lines that begin with #key: show what may be left out, with its default where it has one.";

/** `modules`: each module's settings as a tree, to stand under `modules`. */
export function renderSample(root: KeyNode, modules: readonly KeyNode[]): string {
  const sections = root.children.map((node) =>
    renderKey(node.key === "modules" ? withChildren(node, modules) : node, 0),
  );
  return `${[toComment(HEAD, 0), ...sections].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** What the operator names is shown as if the schema had named it. */
const withChildren = (node: KeyNode, children: readonly KeyNode[]): KeyNode => ({
  ...node,
  is: "section",
  children: children
    .filter((one) => one.children.length > 0)
    .map((one) => ({ ...one, isOptional: true, notes: {} })),
});

function renderKey(node: KeyNode, depth: number): readonly string[] {
  const comment = toComment(node.description, depth);
  const mark = isShown(node) ? "" : "#";
  const line = (text: string) => `${indent(depth)}${mark}${text}`;
  if (node.is === "section") {
    const shown = node.children.flatMap((child) => spaced(child, depth, renderKey(child, depth + 1)));
    return [...comment, line(`${node.key}:`), ...shown];
  }
  if (node.is === "map" && node.notes.sampleKey !== undefined && node.entry) {
    const named = { ...node.entry, key: node.notes.sampleKey, notes: { isShown: true } as const };
    return [...comment, line(`${node.key}:`), ...renderKey(named, depth + 1)];
  }
  if (node.is === "map") return [...comment, line(`${node.key}: ${toYaml(node.notes.sample ?? {})}`)];
  if (node.is === "list" && node.entry && node.entry.children.length > 0) {
    const plain = asList(node.notes.sample).map((one) => `${indent(depth + 1)}${mark}- ${toYaml(one)}`);
    return [...comment, line(`${node.key}:`), ...plain, ...renderEntry(node.entry, depth + 1)];
  }
  return [...comment, line(`${node.key}: ${toYaml(node.notes.sample ?? node.byDefault)}`)];
}

/** A list's entry with keys: its first key stands behind the dash. */
function renderEntry(entry: KeyNode, depth: number): readonly string[] {
  const [first, ...others] = entry.children;
  if (!first) return [];
  return [
    ...toComment(entry.description, depth),
    `${indent(depth)}#- ${first.key}: ${toYaml(first.notes.sample ?? first.byDefault)}`,
    ...others.flatMap((child) => renderKey({ ...child, isOptional: true }, depth + 1)),
  ];
}

/** Long sections are easier on the eye with a line between what stands at their first level. */
function spaced(node: KeyNode, depth: number, lines: readonly string[]): readonly string[] {
  return depth === 0 && node.is !== "value" ? ["", ...lines] : lines;
}

/** Switched on in the sample: what must be there, and what holds such a thing. */
const isShown = (node: KeyNode): boolean =>
  node.notes.isShown === true || !node.isOptional || node.children.some(isShown);

const indent = (depth: number) => "  ".repeat(depth);
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const toYaml = (value: unknown): string =>
  value === undefined ? "" : stringify(value, { lineWidth: 0, collectionStyle: "flow" }).trimEnd();

/** Pure. */
export function toComment(text: string, depth: number): readonly string[] {
  if (text === "") return [];
  const room = COLUMNS_MAX - indent(depth).length - "# ".length;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${indent(depth)}# ${one}`);
}
