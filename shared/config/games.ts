import * as v from "valibot";
import { GAME_URLS, LANGUAGES } from "../games/game-services.ts";
import { notes } from "./described.ts";
import { between, secret, url } from "./words.ts";

const web = url("https:", "http:");

const Steam = v.pipe(
  v.strictObject({
    enabled: v.optional(
      v.pipe(
        v.boolean(),
        v.description("Steam asks for no key. Two hundred calls in five minutes are kept to."),
      ),
      true,
    ),
    country: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[A-Z]{2}$/, "a country's two capital letters"),
        v.description("Whose shop is asked: not every game is sold everywhere."),
      ),
      "FR",
    ),
    url: v.optional(v.pipe(web, v.description("Where Steam's shop is.")), GAME_URLS.steam),
  }),
  v.description("Steam: French descriptions, Metacritic's points."),
);

const Rawg = v.pipe(
  v.strictObject({
    key: v.optional(
      v.pipe(
        secret,
        notes({ sample: "your-rawg-key", isSecret: true }),
        v.description("Left out: RAWG is not asked. A free one is at rawg.io/apidocs."),
      ),
    ),
    calls_a_month: v.optional(
      v.pipe(
        v.number(),
        v.integer("a whole number"),
        v.minValue(1, "at least 1"),
        v.description("What your plan allows; a game that is not known yet costs two."),
      ),
      20_000,
    ),
    url: v.optional(v.pipe(web, v.description("Where RAWG's interface is.")), GAME_URLS.rawg),
  }),
  v.description("RAWG: players' ratings, and games beyond Steam."),
);

const Igdb = v.pipe(
  v.strictObject({
    enabled: v.optional(
      v.pipe(v.boolean(), v.description("It takes twitch.client_secret, or the two keys below.")),
      true,
    ),
    client_id: v.optional(
      v.pipe(
        secret,
        notes({ sample: "another-client-id" }),
        v.description("Left out: twitch.client_id and twitch.client_secret, which IGDB takes as well."),
      ),
    ),
    client_secret: v.optional(
      v.pipe(
        secret,
        notes({ sample: "another-client-secret", isSecret: true }),
        v.description("Of the client_id above."),
      ),
    ),
    url: v.optional(v.pipe(web, v.description("Where IGDB's interface is.")), GAME_URLS.igdb),
  }),
  v.check(
    (igdb) => (igdb.client_id === undefined) === (igdb.client_secret === undefined),
    "client_id and client_secret, both or none",
  ),
  v.description("IGDB, which belongs to Twitch: what Twitch's categories are."),
);

export const Games = v.pipe(
  v.strictObject({
    language: v.optional(
      v.pipe(v.picklist(LANGUAGES), v.description("In which games are described, where a source can.")),
      "french",
    ),
    deadline_seconds: v.optional(
      v.pipe(
        between(0.5, 6),
        v.description("All sources together have so long; what came by then is the answer."),
      ),
      5,
    ),
    steam: v.optional(Steam, {}),
    rawg: v.optional(Rawg, {}),
    igdb: v.optional(Igdb, {}),
  }),
  v.description("Where !gi, !gs and !gc learn about games. Nothing is asked until somebody asks in chat."),
);
