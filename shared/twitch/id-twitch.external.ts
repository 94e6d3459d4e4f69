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

/** Of a granted login: by code or by device. */
export const LoginBody = v.object({
  access_token: v.pipe(v.string(), v.nonEmpty()),
  refresh_token: v.optional(v.string()),
});

export const DeviceBody = v.object({
  device_code: v.pipe(v.string(), v.nonEmpty()),
  user_code: v.pipe(v.string(), v.nonEmpty()),
  verification_uri: v.string(),
  expires_in: v.number(),
  interval: v.optional(v.number()),
});

export const ErrorBody = v.object({ message: v.optional(v.string()), error: v.optional(v.string()) });
