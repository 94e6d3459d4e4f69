/**
 * Request parameters of id.twitch.tv, wherever the client put them: form body (what the documentation shows),
 * multipart form (what curl --form sends) or query string (what twurple sends). The body wins.
 */
import type { Context } from "hono";

export type Parameters = ReadonlyMap<string, string>;

export async function readParameters(c: Context): Promise<Parameters> {
  const parameters = new Map(new URL(c.req.url).searchParams);
  for (const [name, value] of Object.entries(await readForm(c))) {
    if (typeof value === "string") parameters.set(name, value);
  }
  return parameters;
}

/** A body that is no form counts as none: what is missing then is said by whoever needs it. */
async function readForm(c: Context): Promise<Record<string, unknown>> {
  try {
    return await c.req.parseBody();
  } catch {
    return {};
  }
}
