/** The original's game cache, of either of its writers (Python and Rust), as facts of ours. Pure. */
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import {
  GAME_SOURCES,
  GameFacts,
  type GameSource,
  NAME_MAX,
  SUMMARY_MAX,
  toPlainText,
  toWords,
  toYear,
} from "../../shared/games/game-facts.ts";
import { toGameKey, toYearKey } from "../../shared/games/game-key.ts";
import type { GameToStore } from "../game-cache.ts";
import type { Row } from "./original-tables.ts";
import { toInstant, toJson, toText } from "./original-values.ts";

const DAY_MS: Millis = 86_400_000;
/** Its own longest; rows that never expired get it, too. */
const KEPT_DAYS = 180;
const RELIABLE = 0.9;
/** Its ratings run to 5 in Python and to 10 in Rust. */
const STARS_MAX = 5;

export type ReadGame =
  | { readonly is: "game"; readonly game: GameToStore }
  | { readonly is: "left"; readonly because: string };

const left = (because: string): ReadGame => ({ is: "left", because });

export function readOriginalGame(row: Row, now: Millis): ReadGame {
  const data = v.safeParse(v.record(v.string(), v.unknown()), toJson(row.game_data));
  if (!data.success) return left("what it knew can't be read");
  const fetchedAt = toInstant(row.cached_at) ?? toInstant(row.created_at) ?? 0;
  const expiresAt = toInstant(row.expires_at) ?? fetchedAt + KEPT_DAYS * DAY_MS;
  if (expiresAt <= now) return left("expired: it is asked anew when somebody asks");
  const confidence = typeof row.confidence === "number" ? row.confidence : 0;
  if (confidence < RELIABLE) return left("not sure enough to be kept");
  const facts = toFacts(data.output, confidence);
  if (!facts) return left("it names no game, or no source that is known here");
  const key = toYearKey(toGameKey(facts.name), facts.year);
  // Answered at once and looked up anew behind the answer.
  return { is: "game", game: { key, facts, fetchedAt, freshUntil: now, expiresAt } };
}

function toFacts(data: Row, confidence: number): GameFacts | undefined {
  const ids = {
    igdb: toId(data.igdb_id),
    steam: toId(data.steam_appid ?? data.steam_id),
    rawg: toId(data.rawg_id),
  };
  const sources = findSources(data, ids);
  const year =
    toNumber(data.year) ?? toNumber(String(data.release_date ?? "").match(/\b(?:19|20)\d\d\b/)?.[0]);
  const summary = toPlainText(
    String(data.summary ?? data.short_description ?? data.description ?? ""),
    SUMMARY_MAX,
  );
  const metacritic = toNumber(data.metacritic ?? data.metacritic_score);
  const rating = toNumber(data.rating_rawg ?? data.rating);
  const facts = v.safeParse(GameFacts, {
    name: toPlainText(toText(data.name) ?? "", NAME_MAX),
    year: year === undefined ? undefined : toYear(year),
    isEarlyAccess: false,
    developers: toList(data.developers),
    publishers: toList(data.publishers),
    platforms: toList(data.platforms),
    genres: toList(data.genres),
    summary: summary === "" ? undefined : summary,
    metacritic: metacritic === undefined || metacritic <= 0 ? undefined : Math.min(metacritic, 100),
    rating: rating === undefined || rating <= 0 ? undefined : rating > STARS_MAX ? rating / 2 : rating,
    ids: Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined)),
    sources,
    reliability: Math.min(confidence, 1),
    certainty: sources.length > 1 ? "HIGH" : "MEDIUM",
  });
  return facts.success && toGameKey(facts.output.name) !== "" ? facts.output : undefined;
}

function findSources(
  data: Row,
  ids: Readonly<Record<GameSource, number | undefined>>,
): readonly GameSource[] {
  const said = [data.provider, data.source, data.api_sources, data.sources, data.primary_source]
    .flat()
    .join(" ")
    .toLowerCase();
  return GAME_SOURCES.filter((source) => said.includes(source) || ids[source] !== undefined);
}

const toList = (value: unknown): string[] =>
  toWords((Array.isArray(value) ? value : [value]).flatMap((one) => toText(one) ?? []));

function toNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function toId(value: unknown): number | undefined {
  const number = toNumber(value);
  return number !== undefined && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
