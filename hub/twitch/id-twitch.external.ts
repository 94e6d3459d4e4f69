/** Shapes that id.twitch.tv decided. Source: dev.twitch.tv, Validating Tokens, Refreshing Access Tokens, Getting OAuth Access Tokens. */
import * as v from "valibot";

export const ValidateBody = v.object({
  client_id: v.string(),
  /** Absent for app tokens. */
  login: v.optional(v.string()),
  user_id: v.optional(v.string()),
  scopes: v.optional(v.nullable(v.array(v.string()))),
  expires_in: v.optional(v.number()),
});

export const RefreshBody = v.object({
  access_token: v.pipe(v.string(), v.nonEmpty()),
  refresh_token: v.optional(v.string()),
  expires_in: v.optional(v.number()),
});

export const AppTokenBody = v.object({
  access_token: v.pipe(v.string(), v.nonEmpty()),
  expires_in: v.optional(v.number()),
});

export const ErrorBody = v.object({ message: v.optional(v.string()) });
