import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeLucene, toRecordingQuery } from "../../hub/music/lucene.ts";
import { makeMusicBrainz } from "../../hub/music/musicbrainz.ts";
import { parseRecordings } from "../../hub/music/recordings.external.ts";
import { makeMusicBrainzDoor } from "../../sim/musicbrainz/musicbrainz-door.ts";
import { parseLucene } from "../../sim/musicbrainz/search-recordings.ts";
import { makeFakeClock } from "../support/fake-clock.ts";
import { silentLog } from "../support/silent-log.ts";

describe("a viewer's words as a query", () => {
  test.each([
    ["One More Time", 'recording:"one more time"^4 OR recording:(one more time)^2 OR artist:(one more time)'],
    ["one more time - Daft Punk", 'recording:"one more time" AND artist:(daft punk)'],
    [
      'a" OR artist:*',
      'recording:"a\\" or artist\\:\\*"^4 OR recording:(a\\" or artist\\:\\*)^2 OR artist:(a\\" or artist\\:\\*)',
    ],
  ])("%j", (typed, query) => {
    expect(toRecordingQuery(typed)).toBe(query);
  });

  test("is a query of three fields or two, whatever is typed: nothing in it is an operator", () => {
    const words = fc.oneof(
      fc.string({ minLength: 1, maxLength: 40 }),
      fc.string({ unit: "binary", maxLength: 40 }),
    );
    fc.assert(
      fc.property(words, (typed) => {
        fc.pre(escapeLucene(typed) !== "");
        const parsed = parseLucene(toRecordingQuery(typed));
        expect(parsed?.flat().map(({ field }) => field)).toEqual(
          parsed?.length === 1 ? ["recording", "artist"] : ["recording", "recording", "artist"],
        );
      }),
    );
  });
});

describe("an answer", () => {
  test("makes one candidate of one track's recordings, of the year it came out first", () => {
    const recording = (title: string, artist: string, date: string, score: number, releases: string[]) => ({
      id: "x",
      title,
      score,
      "first-release-date": date,
      "artist-credit": [{ name: artist }],
      releases: releases.map((name) => ({ title: name })),
      tags: [{ name: "House", count: 3 }],
    });
    expect(
      parseRecordings({
        recordings: [
          recording("One More Time", "Daft Punk", "2007-11-19", 100, ["Alive 2007"]),
          recording("One more time", "Daft Punk", "2000-11-13", 99, ["Discovery"]),
          recording("Timeless", "X", "1999", 20, ["Y"]),
          { id: 7, title: null },
        ],
      }),
    ).toEqual([
      {
        identity: "one more time|daft punk",
        title: "One More Time",
        by: "Daft Punk",
        year: 2000,
        sources: ["MusicBrainz"],
        witnesses: 2,
        genres: ["house"],
      },
    ]);
  });

  test.each([["<html>"], [undefined], [null], [{}], [{ recordings: 7 }], [{ recordings: [{ id: 1 }] }]])(
    "%j is none",
    (body) => {
      expect(parseRecordings(body)).toBeUndefined();
    },
  );

  test("never throws", () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => void parseRecordings({ recordings: [body] })));
  });
});

describe("MusicBrainz", () => {
  const open = (restMs?: number) => {
    const clock = makeFakeClock();
    const opened = makeMusicBrainzDoor(clock);
    const source = makeMusicBrainz({
      url: "http://musicbrainz/ws/2",
      userAgent: "KissBot/1.0 ( https://www.twitch.tv/kissbot )",
      fetch: async (url, init) => opened.routes.request(url, init),
      clock,
      log: silentLog,
      ...(restMs !== undefined && { restMs }),
    });
    return { clock, source, door: opened };
  };
  const titles = (searched: Awaited<ReturnType<ReturnType<typeof makeMusicBrainz>["search"]>>) =>
    searched.is === "found"
      ? searched.candidates.map(({ title, by }) => `${title} - ${by}`)
      : searched.because;

  test("knows what is meant, with and without the artist", async () => {
    const { source, clock } = open();
    expect(titles(await source.search("one more time"))[0]).toBe("One More Time - Daft Punk");
    await clock.advance(1_000);
    expect(titles(await source.search("one more time - the cure"))).toEqual(["One More Time - The Cure"]);
    await clock.advance(1_000);
    expect(titles(await source.search("no such song at all zzz"))).toEqual([]);
  });

  test("is asked once a second, in the order of asking, and never too fast", async () => {
    const { source, door: asked, clock } = open();
    const searches = ["one more time", "megalovania", "djadja"].map((title) => source.search(title));
    await clock.advance(0);
    expect(asked.asked()).toHaveLength(1);
    await clock.advance(1_000);
    expect(asked.asked()).toHaveLength(2);
    await clock.advance(1_000);
    const found = await Promise.all(searches);
    expect(found.map(({ is }) => is)).toEqual(["found", "found", "found"]);
    expect(asked.asked().map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(clock.pending()).toBe(0);
  });

  test("is not waited for longer than a viewer waits", async () => {
    const { source, clock } = open();
    const searches = ["a", "b", "c", "d", "e", "f", "g"].map((title) => source.search(title));
    await clock.advance(10_000);
    expect((await Promise.all(searches)).map(titles).slice(4)).toEqual(["busy", "busy", "busy"]);
  });

  test("is asked about one title once a day", async () => {
    const { source, door: asked, clock } = open();
    await source.search("Megalovania");
    await source.search("megalovania!");
    expect(asked.asked()).toHaveLength(1);
    clock.sleep(25 * 3_600_000);
    await source.search("megalovania");
    expect(asked.asked()).toHaveLength(2);
  });

  test.each(["503", "500", "html", "empty", "malformed", "wrong-types", "huge"] as const)(
    "that answers %s is away, and nothing of it is remembered",
    async (fault) => {
      const { source, door: asked, clock } = open();
      asked.turn({ fault });
      expect(titles(await source.search("megalovania"))).toBe("away");
      asked.turn({ fault: "none" });
      await clock.advance(1_000);
      expect(titles(await source.search("megalovania"))).toEqual(["Megalovania - Toby Fox"]);
    },
  );

  test("that hangs is waited for three seconds", async () => {
    const { source, door: asked, clock } = open();
    asked.turn({ fault: "hang" });
    const searching = source.search("megalovania");
    await clock.advance(3_000);
    expect(titles(await searching)).toBe("away");
    expect(clock.pending()).toBe(0);
  });

  test("that fails again and again is left in peace", async () => {
    const { source, door: asked, clock } = open();
    asked.turn({ fault: "500", perSecond: 0 });
    for (let at = 0; at < 10; at += 1) {
      await source.search(`song ${at}`);
      await clock.advance(1_000);
    }
    expect(asked.asked()).toHaveLength(4);
  });
});
