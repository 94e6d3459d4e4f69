/** Pure: what badges say of whoever wears them. As IRC writes them: "moderator/1", "subscriber/12". */
import type { Standing } from "../../shared/ipc/permit-words.ts";
import type { Rank } from "../signal.ts";

/** The names alone. */
export const namesOf = (badges: readonly string[]): ReadonlySet<string> =>
  new Set(badges.map((badge) => badge.split("/", 1)[0] ?? ""));

/** A lead moderator carries a badge of its own. */
export function standingOf(names: ReadonlySet<string>): Standing {
  if (names.has("broadcaster")) return "broadcaster";
  if (names.has("moderator") || names.has("lead_moderator")) return "moderator";
  return names.has("vip") ? "vip" : "viewer";
}

export function rankOf(standing: Standing, names: ReadonlySet<string>): Rank {
  if (standing !== "viewer") return standing;
  return names.has("subscriber") || names.has("founder") ? "subscriber" : "everyone";
}
