/** What is wrong, or only old, in a configuration, and where. Pure. */
export interface ConfigProblem {
  /** Another file than config.yaml; a variable of the environment. Left out: config.yaml. */
  readonly in?: { readonly file: string } | { readonly variable: string } | undefined;
  /** From 1. */
  readonly line: number;
  /** "twitch.channels.0"; empty when the file as a whole is meant. */
  readonly path: string;
  /** "expected text, not 7", "there is no such key; did you mean prefix?" */
  readonly says: string;
}

/** Whoever has more of them has another kind of file there. */
const PROBLEMS_SHOWN = 40;

/** "  config/config.yaml:8: log.level: expected …" */
export function describeProblems(file: string, problems: readonly ConfigProblem[]): string[] {
  const lines = problems
    .slice(0, PROBLEMS_SHOWN)
    .map((one) => `  ${placeOf(file, one)}: ${one.path === "" ? "" : `${one.path}: `}${one.says}`);
  const more = problems.length - lines.length;
  return more > 0 ? [...lines, `  ${file}: and ${more} more`] : lines;
}

function placeOf(file: string, problem: ConfigProblem): string {
  if (problem.in === undefined) return `${file}:${problem.line}`;
  return "variable" in problem.in ? problem.in.variable : `${problem.in.file}:${problem.line}`;
}
