/** A channel as people type it: with or without #, in any case. Pure. */
import * as v from "valibot";
import { Login } from "../../shared/ids.ts";

export function parseChannelName(text: string): Login | undefined {
  const parsed = v.safeParse(Login, text.replace(/^#/, "").toLowerCase());
  return parsed.success ? parsed.output : undefined;
}

export const describeBadName = (text: string): string =>
  `"${text}" is no channel: 1 to 25 of letters, digits and _, as in the channel's address`;
