/** A change that somebody typed, checked before it is written down: by the command line and in chat alike. Pure. */
import * as v from "valibot";
import { ChannelRules, channelTree, isForChat } from "./channel-keys.ts";
import { checkModule, describeNoModule, type ModuleSchemas } from "./check-module.ts";
import { toFinding } from "./describe-issue.ts";
import { findKey, type KeyNode, toKeyTree } from "./key-tree.ts";
import { type EffectiveSettings, SettingKey, toKey } from "./own-settings.ts";
import { getIn, isRecord, type Path, setIn } from "./plain-tree.ts";
import { findSimilar } from "./suggest.ts";

export type Named =
  | { readonly is: "named"; readonly key: string; readonly path: Path; readonly node: KeyNode }
  | { readonly is: "refused"; readonly says: string };

export type PlannedSetting =
  | { readonly is: "planned"; readonly key: string; readonly value: unknown }
  | { readonly is: "refused"; readonly says: string };

/** `announcements.stream_online.enabled` is enough, without `modules.` before it. */
export function nameSetting(typed: string, schemas: ModuleSchemas, by: "operator" | "moderator"): Named {
  const refuse = (says: string): Named => ({ is: "refused", says });
  if (!v.is(SettingKey, typed)) return refuse("a setting's name is words with dots between them");
  const first = typed.split(".");
  const isRule = channelTree.children.some((one) => one.key === first[0]);
  const path = isRule ? first : ["modules", ...first];
  if (by === "moderator" && !isForChat(path)) return refuse(`${typed} is for the operator to change`);
  const [section, module] = path;
  if (section === "modules" && (module === undefined || !schemas.has(module))) {
    return refuse(describeNothing(typed, module, schemas));
  }
  const schema = section === "modules" && module !== undefined ? schemas.get(module) : undefined;
  const tree = schema ? toKeyTree(schema, path.slice(0, 2)) : channelTree;
  const below = schema ? path.slice(2) : path;
  const node = findKey(tree, below);
  if (!node) return refuse(describeUnknown(tree, below));
  const inner = node.children.map((one) => one.key);
  if (inner.length > 0)
    return refuse(`${typed} is a section: name one of its settings (${inner.join(", ")})`);
  return { is: "named", key: toKey(path), path, node };
}

/** `text` undefined: nothing of its own any more. `now`: what holds in the channel. */
export function planSetting(
  typed: string,
  text: string,
  using: {
    readonly schemas: ModuleSchemas;
    readonly now: EffectiveSettings;
    readonly by: "operator" | "moderator";
  },
): PlannedSetting {
  const named = nameSetting(typed, using.schemas, using.by);
  if (named.is === "refused") return named;
  const { path, key } = named;
  const value = parseSettingText(text, named.node);
  const problem = path[0] === "modules" ? checkInModule(path, value, using) : checkRule(path, value);
  return problem === undefined ? { is: "planned", key, value } : { is: "refused", says: problem };
}

function checkInModule(
  path: Path,
  value: unknown,
  { schemas, now }: { readonly schemas: ModuleSchemas; readonly now: EffectiveSettings },
): string | undefined {
  const [, module = "", ...below] = path;
  const settings = getIn(now.modules, [module]);
  const [finding] = checkModule(module, setIn(isRecord(settings) ? settings : {}, below, value), schemas);
  return finding && `${finding.path.slice(1).join(".")}: ${finding.says}`;
}

function checkRule(path: Path, value: unknown): string | undefined {
  const parsed = v.safeParse(ChannelRules, setIn({}, path, value));
  if (parsed.success) return undefined;
  const finding = toFinding(parsed.issues[0], channelTree);
  return `${finding.path.join(".")}: ${finding.says}`;
}

/** As people type it: numbers, true and false (on and off), lists with commas; everything else is text. */
export function parseSettingText(text: string, node: KeyNode): unknown {
  const trimmed = text.trim();
  if (node.is === "list") {
    return trimmed === "" ? [] : trimmed.split(",").map((one) => one.trim());
  }
  if (node.isText) return trimmed;
  if (/^(true|on|yes)$/i.test(trimmed)) return true;
  if (/^(false|off|no)$/i.test(trimmed)) return false;
  return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

function describeNothing(typed: string, module: string | undefined, schemas: ModuleSchemas): string {
  if (module === undefined) return `${typed} is a section: name one of its settings`;
  const rules = channelTree.children.map((one) => one.key);
  const meant = typed.includes(".") ? undefined : findSimilar(module, rules);
  if (meant !== undefined) return `there is no setting ${typed}; did you mean ${meant}?`;
  return `${module}: ${describeNoModule(module, [...schemas.keys()])}`;
}

function describeUnknown(tree: KeyNode, path: Path): string {
  const parent = findParent(tree, path);
  const key = path[parent.depth] ?? "";
  const neighbours = parent.node.children.map((one) => one.key);
  const where = parent.node.path.length === 0 ? "" : ` in ${parent.node.path.join(".")}`;
  if (neighbours.length === 0) return `there is nothing to set${where}`;
  const meant = findSimilar(key, neighbours);
  return meant === undefined
    ? `there is no ${key}${where}; there are ${neighbours.join(", ")}`
    : `there is no ${key}${where}; did you mean ${meant}?`;
}

/** The deepest section that exists on the way. */
function findParent(tree: KeyNode, path: Path): { readonly node: KeyNode; readonly depth: number } {
  for (let depth = path.length - 1; depth > 0; depth -= 1) {
    const node = findKey(tree, path.slice(0, depth));
    if (node) return { node, depth };
  }
  return { node: tree, depth: 0 };
}

/** A value as it is told to people; never a secret. */
export function describeValue(value: unknown, node: KeyNode | undefined): string {
  if (node?.notes.isSecret) return "•••";
  if (value === undefined) return "as configured";
  if (Array.isArray(value)) return value.length === 0 ? "nothing" : value.map(String).join(", ");
  return typeof value === "string" ? `“${value}”` : JSON.stringify(value);
}
