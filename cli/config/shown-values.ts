/** Every value that holds, with where it comes from; secrets hidden. Pure. */
import { WEIGHT_DEFAULT } from "../../shared/channel-weight.ts";
import { channelTree, toChannelPath } from "../../shared/config/channel-keys.ts";
import type { ModuleSchemas } from "../../shared/config/check-module.ts";
import { findKey, isSecretKey, type KeyNode, toKeyTree } from "../../shared/config/key-tree.ts";
import type { Origin } from "../../shared/config/origin.ts";
import { getIn, isRecord, leavesOf, type Path, type Plain } from "../../shared/config/plain-tree.ts";
import type { Login } from "../../shared/ids.ts";
import { configTree, type LoadedConfig } from "../../shared/load-config.ts";

export interface ShownValue {
  readonly key: string;
  /** undefined: left out, which means something of its own. */
  readonly value: unknown;
  readonly from: Origin;
  readonly isSecret: boolean;
}

type Right = Extract<LoadedConfig, { is: "right" }>;

/** What the house has no key for. */
const DEFAULT_FOR_CHANNEL: Readonly<Record<string, unknown>> = { weight: WEIGHT_DEFAULT };
const HIDDEN = "•••";

export function showHouse(loaded: Right, schemas: ModuleSchemas): readonly ShownValue[] {
  const paths = configTree.children.flatMap((node) =>
    node.key === "modules" ? modulePaths(loaded.plain, schemas) : leafPaths(node, loaded.plain),
  );
  return paths.map((path) => {
    const node = findNode(path, schemas);
    return toShown(path, getIn(loaded.plain, path) ?? node?.byDefault, loaded.originOf(path), node);
  });
}

/** What is different for a channel, or could be: with the house's where it is not. */
export function showChannel(
  channel: Login,
  loaded: Right,
  schemas: ModuleSchemas,
  own: ReadonlyMap<string, { readonly value: unknown; readonly revision: number }>,
): readonly ShownValue[] {
  const entries = getIn(loaded.plain, ["twitch", "channels"]);
  const list: readonly unknown[] = Array.isArray(entries) ? entries : [];
  const at = list.findIndex((entry) => isRecord(entry) && entry.name === channel);
  const entry = list[at];
  const below: Plain = isRecord(entry) ? entry : {};
  const paths = [
    ...channelTree.children.flatMap((node) => (node.key === "modules" ? [] : leafPaths(node, {}))),
    ...modulePaths(
      { modules: { ...asPlain(getIn(loaded.plain, ["modules"])), ...asPlain(below.modules) } },
      schemas,
    ),
  ];
  return paths.map((path) => {
    const key = path.join(".");
    const stored = own.get(key);
    const house = toHousePath(path);
    const node =
      path[0] === "modules"
        ? findNode(path, schemas)
        : (findKey(configTree, house) ?? findKey(channelTree, path));
    if (stored) return toShown(path, stored.value, { is: "database", revision: stored.revision }, node);
    const beside = getIn(below, path);
    if (beside !== undefined) {
      return toShown(path, beside, loaded.originOf(["twitch", "channels", String(at), ...path]), node);
    }
    const value = getIn(loaded.plain, house) ?? node?.byDefault ?? DEFAULT_FOR_CHANNEL[key];
    return toShown(path, value, loaded.originOf(house), node);
  });
}

/** "prefix" of a channel is "commands.prefix" of the house. */
function toHousePath(path: Path): Path {
  const houses = [
    ["commands", "prefix"],
    ["twitch", "chat", "transport"],
    ["twitch", "chat", "send"],
  ];
  return houses.find((one) => toChannelPath(one).join(".") === path.join(".")) ?? path;
}

function toShown(path: Path, value: unknown, from: Origin, node: KeyNode | undefined): ShownValue {
  const isSecret = node?.notes.isSecret === true || isSecretKey(configTree, path);
  return {
    key: path.join("."),
    value: value === undefined ? undefined : isSecret ? HIDDEN : withoutPasswords(value),
    from,
    isSecret,
  };
}

/** A URL may carry a name and a password. */
function withoutPasswords(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/(\w:\/\/)[^/\s@]*@/g, `$1${HIDDEN}@`);
  if (Array.isArray(value)) return value.map(withoutPasswords);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutPasswords(one)]));
}

/** The schema's values; for keys that the operator names, those that stand there. */
function leafPaths(node: KeyNode, plain: Plain): readonly Path[] {
  if (node.is === "section") return node.children.flatMap((child) => leafPaths(child, plain));
  const { entry } = node;
  const there = getIn(plain, node.path);
  if (node.is !== "map" || !entry || !isRecord(there)) return [node.path];
  return Object.keys(there).flatMap((key) => leafPaths(renamed(entry, [...node.path, key]), plain));
}

/** The shape of an entry, under the name it has here. */
const renamed = (node: KeyNode, path: Path): KeyNode => ({
  ...node,
  path,
  children: node.children.map((child) => renamed(child, [...path, child.key])),
});

function modulePaths(plain: Plain, schemas: ModuleSchemas): readonly Path[] {
  const known = [...schemas].flatMap(([name, schema]) =>
    leafPaths(toKeyTree(schema, ["modules", name]), plain).filter((path) => path.length > 2),
  );
  const written = leavesOf(plain.modules, ["modules"]).map(([path]) => path);
  const keys = new Set(known.map((path) => path.join(".")));
  return [...known, ...written.filter((path) => path.length > 2 && !keys.has(path.join(".")))];
}

function findNode(path: Path, schemas: ModuleSchemas): KeyNode | undefined {
  const [section, module = "", ...below] = path;
  if (section !== "modules") return findKey(configTree, path);
  const schema = schemas.get(module);
  return schema && findKey(toKeyTree(schema, ["modules", module]), below);
}

const asPlain = (value: unknown): Plain => (isRecord(value) ? value : {});
