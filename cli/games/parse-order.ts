/** What `games` was asked for. Pure. */
import { resolve } from "node:path";

export type GamesOrder =
  | { readonly do: "build"; readonly titles: string | undefined }
  | { readonly do: "info" }
  | { readonly do: "search"; readonly query: string }
  | { readonly do: "wrong"; readonly says: string };

/** `bench` is a program of its own, and takes no order. */
export const GAMES_ACTIONS = ["build", "info", "search", "bench"] as const;

export function parseGamesOrder(args: readonly string[], titles: string | undefined): GamesOrder {
  const [action = "info", ...words] = args;
  if (action !== "build" && titles !== undefined)
    return { do: "wrong", says: "--titles belongs to games build" };
  if (action === "search") {
    const query = words.join(" ").trim();
    return query === ""
      ? { do: "wrong", says: 'games search what? Give a title: games search "vampire survivors"' }
      : { do: "search", query };
  }
  if (words.length > 0)
    return { do: "wrong", says: `games ${action} stands alone, without "${words.join(" ")}"` };
  if (action === "build") return { do: "build", titles: titles === undefined ? undefined : resolve(titles) };
  if (action === "info") return { do: "info" };
  return { do: "wrong", says: `games knows build, info, search and bench, not "${action}"` };
}
