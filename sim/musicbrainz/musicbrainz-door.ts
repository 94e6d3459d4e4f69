/**
 * musicbrainz.org/ws/2 on loopback: the search for recordings, with MusicBrainz's own manners. One question a second
 * from one address; past it, 503. Whoever does not say who asks is refused. `PUT /knobs` makes it misbehave.
 */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import type { SimClock } from "../clock.ts";
import { parseLucene, type Scored, searchRecordings } from "./search-recordings.ts";

export const MUSIC_FAULTS = [
  "none",
  "503",
  "500",
  "html",
  "empty",
  "malformed",
  "wrong-types",
  "huge",
  "hang",
] as const;
export const MusicKnobs = v.strictObject({
  fault: v.optional(v.picklist(MUSIC_FAULTS), "none"),
  delayMs: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
  /** MusicBrainz allows one; 0 allows any number. */
  perSecond: v.optional(v.pipe(v.number(), v.minValue(0)), 1),
});
type MusicKnobs = v.InferOutput<typeof MusicKnobs>;

export interface MusicBrainzDoor {
  readonly routes: Hono;
  /** Questions so far, those that were refused among them. */
  asked(): readonly { readonly query: string; readonly status: number; readonly userAgent: string }[];
  turn(knobs: v.InferInput<typeof MusicKnobs>): void;
}

const MS_PER_SECOND = 1_000;
/** The pace of others is measured on their clock, and packets bunch up on the way. */
const PACE_SLACK = 0.9;
const HUGE_BYTES = 5_000_000;
const LIMIT = { usual: 25, most: 100 };
const TOO_FAST =
  "Your requests are exceeding the allowable rate limit. Please see http://wiki.musicbrainz.org/XMLWebService for more information.";

export function makeMusicBrainzDoor(clock: Pick<SimClock, "after" | "now">): MusicBrainzDoor {
  let knobs: MusicKnobs = v.parse(MusicKnobs, {});
  let lastAt = Number.NEGATIVE_INFINITY;
  const asked: { query: string; status: number; userAgent: string }[] = [];
  const routes = new Hono();

  const answer = async (c: Context, query: string, limit: number): Promise<Response> => {
    const userAgent = c.req.header("user-agent") ?? "";
    if (userAgent === "" || /^(node|undici)/.test(userAgent)) return c.json({ error: "Forbidden" }, 403);
    const isTooFast =
      knobs.perSecond > 0 && clock.now() - lastAt < (MS_PER_SECOND / knobs.perSecond) * PACE_SLACK;
    lastAt = clock.now();
    if (isTooFast) return c.json({ error: TOO_FAST }, 503);
    if (knobs.delayMs > 0) await new Promise<void>((resolve) => void clock.after(knobs.delayMs, resolve));
    const misbehaved = misbehave(c, knobs.fault);
    if (misbehaved) return misbehaved;
    if (query === "") return c.json({ error: "Must specify query parameter" }, 400);
    const parsed = parseLucene(query);
    if (!parsed) return c.json({ error: "The query could not be parsed" }, 400);
    return c.json(toPage(searchRecordings(parsed).slice(0, limit)));
  };

  routes.get("/ws/2/recording", async (c) => {
    const query = c.req.query("query") ?? "";
    const limit = Number(c.req.query("limit") ?? LIMIT.usual);
    const isJson = c.req.query("fmt") === "json" || (c.req.header("accept") ?? "").includes("json");
    const response = isJson
      ? await answer(c, query, Math.min(LIMIT.most, Number.isInteger(limit) ? limit : LIMIT.usual))
      : c.text('<?xml version="1.0"?><metadata/>', 200, { "content-type": "application/xml" });
    asked.push({ query, status: response.status, userAgent: c.req.header("user-agent") ?? "" });
    return response;
  });
  routes.get("/asked", (c) => c.json(asked));
  routes.put("/knobs", async (c) => {
    const parsed = v.safeParse(MusicKnobs, await c.req.json().catch(() => undefined));
    if (!parsed.success) return c.json({ problems: v.summarize(parsed.issues) }, 400);
    knobs = parsed.output;
    return c.json(knobs);
  });
  return {
    routes,
    asked: () => asked,
    turn: (turned) => {
      knobs = v.parse(MusicKnobs, turned);
    },
  };
}

function misbehave(c: Context, fault: MusicKnobs["fault"]): Response | Promise<Response> | undefined {
  switch (fault) {
    case "none":
      return undefined;
    case "503":
      return c.json({ error: TOO_FAST }, 503);
    case "500":
      return c.text("Internal Server Error", 500);
    case "html":
      return c.html("<!doctype html><title>Maintenance</title>");
    case "empty":
      return c.body("");
    case "malformed":
      return c.body('{"recordings":[{"id":"5e0b', 200, { "content-type": "application/json" });
    case "wrong-types":
      return c.json({ count: "many", recordings: [{ id: 7, title: null, score: {} }, "nonsense"] });
    case "huge":
      return c.json({ recordings: [], padding: "x".repeat(HUGE_BYTES) });
    case "hang":
      return new Promise(() => {});
  }
}

const toPage = (found: readonly Scored[]) => ({
  created: "2026-01-01T00:00:00.000Z",
  count: found.length,
  offset: 0,
  recordings: found.map(({ recording, score }) => ({
    id: recording.id,
    score,
    title: recording.title,
    length: recording.lengthMs,
    video: null,
    "artist-credit": [{ name: recording.artist, artist: { id: recording.id, name: recording.artist } }],
    ...(recording.firstReleased !== "" && { "first-release-date": recording.firstReleased }),
    releases: recording.releases.map((title) => ({ id: recording.id, title, status: "Official" })),
    tags: recording.tags.map((name) => ({ count: 1, name })),
  })),
});
