/** What a moderator types after !collapse. Pure. */
import type { Domain } from "../../../shared/crowd/candidate.ts";
import { CROWD_QUERY_MAX } from "../../../shared/crowd/crowd-key.ts";
import { STATES_MAX } from "../../../shared/crowd/superposition.ts";

export interface Named {
  /** Undefined: it was not said. */
  readonly domain: Domain | undefined;
  readonly query: string;
}
export type CollapseCall =
  | ({ readonly is: "collapse"; readonly position: number } & Named)
  | ({ readonly is: "undo" } & Named)
  | { readonly is: "wrong"; readonly because: "usage" | "position" };

const WORDS: Readonly<Record<string, Domain>> = {
  game: "game",
  jeu: "game",
  music: "music",
  musique: "music",
};
const NAMED = /^(\p{L}+):\s*(.*)$/u;

/** `music:one more time` says which domain is meant. Undefined: that is no name. */
export function parseNamed(text: string): Named | undefined {
  const [, word = "", rest = ""] = NAMED.exec(text.trim()) ?? [];
  const domain = Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined;
  const query = (domain ? rest : text).replace(/\s+/g, " ").trim();
  return query === "" || query.length > CROWD_QUERY_MAX ? undefined : { domain, query };
}

/** The last word is the number, whatever the name ends in: `doom 2 1` is the first of "doom 2". */
export function parseCollapse(rest: string): CollapseCall {
  const words = rest.trim().split(/\s+/);
  if (words[0]?.toLowerCase() === "undo" && words.length > 1) {
    const named = parseNamed(words.slice(1).join(" "));
    return named ? { is: "undo", ...named } : { is: "wrong", because: "usage" };
  }
  const last = words.at(-1) ?? "";
  const named = parseNamed(words.slice(0, -1).join(" "));
  if (!named) return { is: "wrong", because: "usage" };
  const position = Number(last);
  if (!/^\d+$/.test(last) || position < 1 || position > STATES_MAX)
    return { is: "wrong", because: "position" };
  return { is: "collapse", position, ...named };
}

/** `a, b,,c`: each name once. */
export const parseNames = (rest: string): readonly string[] => [
  ...new Set(
    rest
      .split(",")
      .map((name) => name.replace(/\s+/g, " ").trim().slice(0, CROWD_QUERY_MAX))
      .filter((name) => name !== ""),
  ),
];
