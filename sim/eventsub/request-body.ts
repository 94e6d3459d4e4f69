import type { Context } from "hono";

/** Undefined = none, or no JSON; what is missing then is said by whoever needs it. */
export async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    return undefined;
  }
}
