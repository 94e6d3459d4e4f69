/** How an original wrote things down. Pure: what can't be read is undefined. */
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import { Login, UserId } from "../../shared/ids.ts";
import { openFernet } from "../secrets/fernet.ts";
import type { KeyRing } from "../secrets/key-ring.ts";

const MS_PER_S = 1_000;

export const toText = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;

/** "#Alice" as "alice". */
export function toLogin(value: unknown): Login | undefined {
  const text = toText(value)?.replace(/^[#@]/, "").toLowerCase();
  const parsed = v.safeParse(Login, text);
  return parsed.success ? parsed.output : undefined;
}

export function toUserId(value: unknown): UserId | undefined {
  const parsed = v.safeParse(UserId, typeof value === "number" ? String(value) : value);
  return parsed.success ? parsed.output : undefined;
}

export const toFlag = (value: unknown): boolean =>
  value === 1 || value === 1n || value === true || value === "1";

/** Unix seconds, as a number or as text, or "2025-11-05 12:00:00", which SQLite means in UTC. */
export function toInstant(value: unknown): Millis | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? Math.round(value * MS_PER_S) : undefined;
  const text = toText(value);
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * MS_PER_S);
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  const at = Date.parse(hasZone ? text : `${text.replace(" ", "T")}Z`);
  return Number.isNaN(at) ? undefined : at;
}

export function toJson(value: unknown): unknown {
  const text = toText(value);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Its Fernet tokens are base64 once more around the Fernet text; one that is not is taken, too. */
export function openOriginalSecret(ring: KeyRing, value: unknown): string | undefined {
  const text = Buffer.isBuffer(value) ? value.toString("utf8") : toText(value);
  if (text === undefined) return undefined;
  const inner = Buffer.from(text, "base64").toString("latin1").trim();
  for (const key of ring) {
    for (const token of [inner, text.trim()]) {
      const opened = openFernet(key, token);
      if (opened.is === "opened") return opened.plain.toString("utf8");
    }
  }
  return undefined;
}
