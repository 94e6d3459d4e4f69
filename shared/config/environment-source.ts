/** Settings from the environment: KISSBOT_TWITCH__CLIENT_ID is twitch.client_id. Pure. */
import { parse } from "yaml";
import { HOUSE_VARIABLES } from "./house-variables.ts";
import { ANY_KEY, allKeys, findKey, type KeyNode } from "./key-tree.ts";
import type { ConfigProblem } from "./problem.ts";
import { findSimilar } from "./suggest.ts";

export interface VariableSetting {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface ReadEnvironment {
  readonly settings: readonly VariableSetting[];
  readonly problems: readonly ConfigProblem[];
}

const PREFIX = "KISSBOT_";
const BETWEEN_KEYS = "__";

export const toVariable = (path: readonly string[]): string =>
  PREFIX + path.map((key) => key.toUpperCase()).join(BETWEEN_KEYS);

export function readEnvironment(environment: NodeJS.ProcessEnv, root: KeyNode): ReadEnvironment {
  const settings: VariableSetting[] = [];
  const problems: ConfigProblem[] = [];
  for (const [variable, text] of Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!variable.startsWith(PREFIX) || HOUSE_VARIABLES.includes(variable) || text === undefined) continue;
    const path = variable
      .slice(PREFIX.length)
      .split(BETWEEN_KEYS)
      .map((key) => key.toLowerCase());
    const node = variable === variable.toUpperCase() ? findKey(root, path) : undefined;
    const read = node
      ? readValue(text, node)
      : ({ is: "wrong", says: describeUnknown(variable, root) } as const);
    if (read.is === "read") settings.push({ variable, path, value: read.value });
    else problems.push({ in: { variable }, line: 1, path: "", says: read.says });
  }
  return { settings, problems };
}

/** Text as it stands, everything else as in a YAML file: numbers, true, [a, b]. */
function readValue(
  text: string,
  node: KeyNode,
): { readonly is: "read"; readonly value: unknown } | { readonly is: "wrong"; readonly says: string } {
  if (node.isText) return { is: "read", value: text };
  try {
    return { is: "read", value: parse(text, { prettyErrors: false, maxAliasCount: 0 }) };
  } catch {
    // The parser's words quote what stands there, which may be a secret.
    return { is: "wrong", says: "expected a value as in a YAML file" };
  }
}

function describeUnknown(variable: string, root: KeyNode): string {
  const known = allKeys(root)
    .filter(({ path }) => !path.includes(ANY_KEY))
    .map(({ path }) => toVariable(path));
  const meant = findSimilar(variable, [...known, ...HOUSE_VARIABLES]);
  return `there is no such setting${meant === undefined ? "; docs/configuration.md names them all" : `; did you mean ${meant}?`}`;
}
