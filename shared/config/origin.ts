/** Where a value comes from. Pure. */
import type { ReadEnvironment } from "./environment-source.ts";
import type { Translated } from "./old-names.ts";
import { getIn, type Path } from "./plain-tree.ts";
import type { ReadYaml, YamlSource } from "./yaml-source.ts";

export type Origin =
  | { readonly is: "default" }
  | { readonly is: "file"; readonly file: string; readonly line: number }
  | { readonly is: "environment"; readonly variable: string }
  /** Changed for one channel while the house ran; see `settings log`. */
  | { readonly is: "database"; readonly revision: number };

interface Sources {
  readonly file: string;
  readonly main: YamlSource;
  readonly translated: Translated;
  readonly variables: ReadEnvironment;
  readonly modules: readonly {
    readonly name: string;
    readonly file: string;
    readonly read: Exclude<ReadYaml, { is: "missing" }>;
  }[];
}

export function toOriginFinder(sources: Sources): (path: Path) => Origin {
  const { file, main, translated, variables, modules } = sources;
  return (path) => {
    const setting = variables.settings.findLast((one) => isAtOrAbove(one.path, path));
    if (setting) return { is: "environment", variable: setting.variable };
    const own = path[0] === "modules" ? modules.find(({ name }) => name === path[1]) : undefined;
    if (own?.read.is === "read" && getIn(own.read.source.plain, path.slice(2)) !== undefined) {
      return { is: "file", file: own.file, line: own.read.source.lineOf(path.slice(2)) };
    }
    const written = oldPathOf(path, translated) ?? path;
    if (getIn(main.plain, written) === undefined) return { is: "default" };
    return { is: "file", file, line: main.lineOf(written) };
  };
}

const isAtOrAbove = (above: Path, path: Path): boolean => above.every((key, at) => path[at] === key);

/** A section that moved took its keys with it. */
function oldPathOf(path: Path, { oldPaths }: Translated): Path | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const old = oldPaths.get(path.slice(0, length).join("."));
    if (old) return [...old, ...path.slice(length)];
  }
  return undefined;
}

export function describeOrigin(origin: Origin): string {
  switch (origin.is) {
    case "default":
      return "default";
    case "file":
      return `${origin.file}:${origin.line}`;
    case "environment":
      return origin.variable;
    case "database":
      return `database, revision ${origin.revision}`;
  }
}
