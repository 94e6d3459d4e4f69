import * as v from "valibot";
import { CROWD_SCOPES, MUSICBRAINZ_URL } from "../crowd/crowd-papers.ts";
import { notes } from "./described.ts";
import { url } from "./words.ts";

const CONFIRMATIONS_MAX = 10;

const Music = v.pipe(
  v.strictObject({
    enabled: v.optional(
      v.pipe(
        v.boolean(),
        v.description("Whether !qmusic asks MusicBrainz, which takes no key and one question a second."),
      ),
      true,
    ),
    contact: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[\x21-\x7E]{3,120}$/, "an address or a URL without spaces"),
        notes({ sample: "you@example.org" }),
        v.description(
          "MusicBrainz asks every program to say how its operator can be reached. Left out: the bot's page at Twitch.",
        ),
      ),
    ),
    url: v.optional(
      v.pipe(url("https:", "http:"), v.description("Where MusicBrainz's interface is.")),
      MUSICBRAINZ_URL,
    ),
  }),
  v.description("The music that !qmusic knows."),
);

export const Quantum = v.pipe(
  v.strictObject({
    scope: v.optional(
      v.pipe(
        v.picklist(CROWD_SCOPES),
        v.description(
          "shared: what one channel's moderators settle by !collapse holds in every channel. channel: each channel has its own.",
        ),
      ),
      "shared",
    ),
    confirmations: v.optional(
      v.pipe(
        v.number(),
        v.integer("a whole number"),
        v.minValue(1, "1 to 10"),
        v.maxValue(CONFIRMATIONS_MAX, "1 to 10"),
        v.description("So many moderators have to name the same answer before it is settled."),
      ),
      1,
    ),
    music: v.optional(Music, {}),
  }),
  v.description("What the crowd taught the bot: !qgame, !qmusic, !collapse."),
);
