/** Plain data by path. Pure; nothing that was given is changed. */
export type Path = readonly string[];
export type Plain = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function getIn(tree: unknown, path: Path): unknown {
  let at = tree;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else if (!isRecord(at) || !Object.hasOwn(at, key)) return undefined;
    else at = at[key];
  }
  return at;
}

/** What stands in the way and has no keys of its own stays: the schema will say what is wrong with it. */
export function setIn(tree: Plain, [key, ...rest]: Path, value: unknown): Plain {
  if (key === undefined) return tree;
  if (rest.length === 0) return { ...tree, [key]: value };
  const inner = Object.hasOwn(tree, key) ? (tree[key] ?? {}) : {};
  return isRecord(inner) ? { ...tree, [key]: setIn(inner, rest, value) } : tree;
}

/** Sections that are empty afterwards go, too. */
export function removeIn(tree: Plain, [key, ...rest]: Path): Plain {
  if (key === undefined || !Object.hasOwn(tree, key)) return tree;
  const { [key]: inner, ...others } = tree;
  if (rest.length === 0 || !isRecord(inner)) return rest.length === 0 ? others : tree;
  const left = removeIn(inner, rest);
  return Object.keys(left).length === 0 ? others : { ...tree, [key]: left };
}

/** `above` before `below`, key by key; lists and values as a whole. */
export function overlay(below: Plain, above: Plain): Plain {
  const merged = Object.entries(above).map(([key, value]) => {
    const under = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isRecord(under) && isRecord(value) ? overlay(under, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(merged) };
}

/** Every value that has no keys below it, with its path. */
export function leavesOf(tree: unknown, path: Path = []): readonly (readonly [Path, unknown])[] {
  if (!isRecord(tree) || (Object.keys(tree).length === 0 && path.length > 0)) return [[path, tree]];
  return Object.entries(tree).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}
