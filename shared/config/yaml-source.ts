/** One YAML file as plain data, with the line of each key. Pure but for `readText`. */
import { readFileSync, statSync } from "node:fs";
import { isNode, LineCounter, parseDocument } from "yaml";
import { isRecord } from "./plain-tree.ts";
import type { ConfigProblem } from "./problem.ts";

/** A configuration is some hundred lines; a file beyond this is a mistake, not a configuration. */
export const CONFIG_BYTES_MAX = 1024 * 1024;
/** An alias repeats what an anchor named; a chain of them grows without bounds. */
const ALIASES_MAX = 100;
/** Deeper than this nobody configures. */
const DEPTH_MAX = 200;

export interface YamlSource {
  readonly plain: Readonly<Record<string, unknown>>;
  /** The line of the nearest key that exists on the way to `path`: a missing key is reported at its parent. */
  lineOf(path: readonly unknown[]): number;
}
export type ReadYaml =
  | { readonly is: "read"; readonly source: YamlSource }
  | { readonly is: "missing" }
  | { readonly is: "wrong"; readonly problems: readonly ConfigProblem[] };

const wrong = (says: string, line = 1): Extract<ReadYaml, { is: "wrong" }> => ({
  is: "wrong",
  problems: [{ line, path: "", says }],
});

export function readYamlFile(file: string): ReadYaml {
  try {
    const stats = statSync(file);
    if (!stats.isFile())
      return wrong(`expected a file, not ${stats.isDirectory() ? "a folder" : "a device"}`);
    if (stats.size > CONFIG_BYTES_MAX) return tooLarge;
    return parseYaml(readFileSync(file, "utf8"));
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === "ENOENT") return { is: "missing" };
    return wrong(`expected a readable file (${(problem as Error).message})`);
  }
}

const tooLarge = wrong(`expected a file of at most ${CONFIG_BYTES_MAX} bytes`);

export function parseYaml(text: string): Exclude<ReadYaml, { is: "missing" }> {
  if (Buffer.byteLength(text) > CONFIG_BYTES_MAX) return tooLarge;
  const nesting = deepestNesting(text);
  if (nesting > DEPTH_MAX) return wrong(`expected at most ${DEPTH_MAX} levels, not ${nesting}`);
  const lines = new LineCounter();
  const lineAt = (offset: number) => lines.linePos(offset).line;
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    if (document.errors.length > 0) {
      return {
        is: "wrong",
        problems: document.errors.map((error) => ({
          line: lineAt(error.pos[0]),
          path: "",
          says: `expected YAML: ${error.message}`,
        })),
      };
    }
    const plain: unknown = document.toJS({ maxAliasCount: ALIASES_MAX }) ?? {};
    if (!isRecord(plain))
      return wrong(
        `expected keys such as \`twitch:\`, not ${Array.isArray(plain) ? "a list" : "a value alone"}`,
      );
    const lineOf = (path: readonly unknown[]): number => {
      for (let length = path.length; length > 0; length -= 1) {
        const parent: unknown =
          length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
        const node = findPair(parent, path[length - 1]) ?? document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return lineAt(node.range[0]);
      }
      return 1;
    };
    return { is: "read", source: { plain, lineOf } };
  } catch (problem) {
    return wrong(`expected YAML: ${(problem as Error).message}`);
  }
}

/** The key node of `key` in a YAML map: that is the line the operator looks for. */
function findPair(parent: unknown, key: unknown): unknown {
  if (!isRecord(parent) || !Array.isArray(parent.items)) return undefined;
  for (const item of parent.items) {
    if (isRecord(item) && isNode(item.key) && String(item.key) === String(key)) return item.key;
  }
  return undefined;
}

/** From the text alone, because the parser itself takes a minute for some kilobytes of it: brackets that were opened and not closed, and dashes and question marks that begin a line. */
function deepestNesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const sign of text) {
    if (sign === "[" || sign === "{") {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if ((sign === "]" || sign === "}") && depth > 0) depth -= 1;
  }
  for (const [indicators] of text.matchAll(/(?:[-?:][ \t]+){10,}/g))
    deepest = Math.max(deepest, indicators.split(/[ \t]+/).length);
  return deepest;
}
