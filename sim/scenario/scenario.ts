/** What a scenario file may say. docs/simulator.md explains every key. */
import * as v from "valibot";
import { Login, makeOrderSchema, SettingsSchema } from "../control/order.ts";
import { Duration, DurationAboveZero } from "./duration.ts";

const WholeNumber = v.pipe(
  v.number(),
  v.integer("a whole number is needed"),
  v.minValue(0, "0 or more is needed"),
);
const TokenText = v.pipe(v.string(), v.regex(/^\S{1,200}$/, "a token has 1 to 200 characters and no spaces"));
const Logins = v.optional(v.array(Login), []);

const ApplicationSchema = v.strictObject({
  clientId: v.pipe(v.string(), v.minLength(1, "a client id may not be empty")),
  /** Without one it is a public client. */
  clientSecret: v.optional(v.string()),
  name: v.optional(v.string()),
  redirectUris: v.optional(v.array(v.string()), []),
});

const UserSchema = v.strictObject({
  login: Login,
  id: v.optional(v.pipe(v.string(), v.regex(/^\d{1,20}$/, "a user id has digits only"))),
  displayName: v.optional(v.string()),
  color: v.optional(v.pipe(v.string(), v.regex(/^(#[0-9a-f]{6})?$/i, 'a colour is written "#RRGGBB"'))),
  description: v.optional(v.string()),
  verifiedBot: v.optional(v.boolean()),
});

const SubscriberSchema = v.strictObject({
  login: Login,
  tier: v.optional(v.picklist([1, 2, 3]), 1),
  months: v.optional(WholeNumber, 1),
});

const ChannelSchema = v.strictObject({
  login: Login,
  title: v.optional(v.string()),
  game: v.optional(v.string()),
  language: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
  /** Live from the start. */
  live: v.optional(
    v.union([v.boolean(), v.strictObject({ viewers: v.optional(WholeNumber), since: v.optional(Duration) })]),
  ),
  moderators: Logins,
  vips: Logins,
  followers: Logins,
  subscribers: v.optional(v.array(SubscriberSchema), []),
  /** In chat without ever having said anything. */
  chatters: Logins,
  banned: Logins,
  settings: v.optional(SettingsSchema),
});

const TokenSchema = v.strictObject({
  /** Left out = made up, and printed at the start. */
  accessToken: v.optional(TokenText),
  refreshToken: v.optional(TokenText),
  clientId: v.string(),
  /** Left out = an app access token. */
  user: v.optional(Login),
  scopes: v.optional(v.array(v.string()), []),
  lifetime: v.optional(DurationAboveZero),
});

/** The user authorised the application some time ago; no token of it is around any more. */
const GrantSchema = v.strictObject({ clientId: v.string(), user: Login, scopes: v.array(v.string()) });

export const StepSchema = makeOrderSchema({
  /** After the script's start. */
  at: Duration,
  every: v.optional(DurationAboveZero),
  /** How often altogether; without it `every` goes on for ever. */
  times: v.optional(
    v.pipe(v.number(), v.integer("a whole number is needed"), v.minValue(1, "at least 1 is needed")),
  ),
  /** Nothing is repeated after this, counted from the script's start. */
  until: v.optional(Duration),
});

export const ScenarioSchema = v.strictObject({
  seed: v.optional(WholeNumber),
  speed: v.optional(v.pipe(v.number(), v.gtValue(0, "the speed must be above 0"))),
  /** What Twitch tells whoever logs in by device code to wait between two questions; left out: as Twitch does, 5. */
  devicePollSeconds: v.optional(
    v.pipe(v.number(), v.integer("a whole number is needed"), v.minValue(1, "at least 1 is needed")),
  ),
  applications: v.optional(v.array(ApplicationSchema), []),
  users: v.optional(v.array(UserSchema), []),
  channels: v.optional(v.array(ChannelSchema), []),
  tokens: v.optional(v.array(TokenSchema), []),
  grants: v.optional(v.array(GrantSchema), []),
  script: v.optional(v.array(StepSchema), []),
});

export type Scenario = v.InferOutput<typeof ScenarioSchema>;
export type Step = v.InferOutput<typeof StepSchema>;

export const EMPTY_SCENARIO: Scenario = v.parse(ScenarioSchema, {});
