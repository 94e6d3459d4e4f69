/** Reading query parameters and pages the way Helix words its complaints. Pure. */
import { HelixRefusal } from "./refusal.ts";

export function needParam(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (!value) throw new HelixRefusal(400, `Missing required parameter "${name}"`);
  return value;
}

export function manyParams(query: URLSearchParams, name: string, most: number): readonly string[] {
  const values = query.getAll(name).filter((value) => value !== "");
  if (values.length > most) {
    throw new HelixRefusal(
      400,
      `The parameter "${name}" was malformed: the value must be less than or equal to ${most}`,
    );
  }
  return values;
}

export interface PageSize {
  readonly least?: number;
  readonly most: number;
  readonly usual: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly pagination: { readonly cursor?: string };
}

/** Cuts out the page that `first`, `after` and `before` ask for. No further page = an empty `pagination`. */
export function takePage<Item>(all: readonly Item[], query: URLSearchParams, size: PageSize): Page<Item> {
  const first = parseFirst(query.get("first"), size);
  const start = pageStart(query, first);
  const items = all.slice(start, start + first);
  const end = start + items.length;
  return { items, pagination: end < all.length ? { cursor: toCursor(end, start) } : {} };
}

function parseFirst(given: string | null, size: PageSize): number {
  if (given === null || given === "") return size.usual;
  const complain = (what: string) =>
    new HelixRefusal(400, `The parameter "first" was malformed: the value must be ${what}`);
  if (!/^-?\d{1,9}$/.test(given)) throw complain("an integer");
  const first = Number(given);
  const least = size.least ?? 1;
  if (first < least) throw complain(`greater than or equal to ${least}`);
  if (first > size.most) throw complain(`less than or equal to ${size.most}`);
  return first;
}

function pageStart(query: URLSearchParams, first: number): number {
  const after = query.get("after");
  if (after) return parseCursor(after).next;
  const before = query.get("before");
  if (before) return Math.max(0, parseCursor(before).start - first);
  return 0;
}

/** Opaque to clients; shaped like Twitch's own (base64 of `{"b":…,"a":…}`) so that nobody is tempted to count in it. */
function toCursor(next: number, start: number): string {
  return Buffer.from(JSON.stringify({ b: { Offset: start }, a: { Offset: next } })).toString("base64url");
}

function parseCursor(cursor: string): { readonly next: number; readonly start: number } {
  const found = /^\{"b":\{"Offset":(\d{1,9})\},"a":\{"Offset":(\d{1,9})\}\}$/.exec(
    Buffer.from(cursor, "base64url").toString(),
  );
  if (!found) throw new HelixRefusal(400, "The pagination cursor is not valid.");
  return { start: Number(found[1]), next: Number(found[2]) };
}
