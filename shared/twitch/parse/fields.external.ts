/**
 * The kinds of fields Twitch's events are made of. What is longer than anybody needs is cut; ids are never cut, a cut
 * one would be another's. Numbers and flags also come as text, as in Twitch's own example of an ad break.
 */
import * as v from "valibot";
import { isUserId, UserId } from "../../ids.ts";
import { isAnonymous } from "../anonymous.ts";
import type { BodyOf } from "../channel-event.ts";
import type { Person } from "../event-bodies/people.ts";
import type { Topic } from "../topics.ts";

/** An event as it came: an object, and nothing more is known of it. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Looked at, not copied: events come in masses, and what is taken from them is parsed field by field. */
export const AnyFields = v.custom<Fields>(isFields);

/** What only this topic's events hold. */
export type Details<T extends Topic> = T extends Topic
  ? Omit<BodyOf<T>, "topic" | "broadcasterLogin" | "broadcasterName">
  : never;
/** @throws ValiError for an event that does not fit */
export type DetailParsers<T extends Topic> = { readonly [K in T]: (event: Fields) => Details<K> };

const ID_MAX = 100;
const NAME_MAX = 100;
const TEXT_MAX = 500;
/** Twitch takes 500 characters, each of which may be two of ours; and it wraps what is said with /me. */
const CHAT_TEXT_MAX = 1_100;
const LIST_MAX = 25;

const cutAt = (max: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => (text.length <= max ? text : text.slice(0, max).replace(/[\uD800-\uDBFF]$/, ""))),
  );
const orNothing = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );

export const Id = v.pipe(v.string(), v.minLength(1), v.maxLength(ID_MAX));
export const MaybeId = v.pipe(
  v.nullish(v.string()),
  v.transform((text) => text || undefined),
  v.optional(Id),
);
/** A name, a stamp, a word of Twitch's own. */
export const Name = cutAt(NAME_MAX);
export const MaybeName = orNothing(Name);
export const Text = v.nullish(cutAt(TEXT_MAX), "");
export const ChatText = v.nullish(cutAt(CHAT_TEXT_MAX), "");
export const Whole = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))]),
  v.safeInteger(),
  v.minValue(0),
);
export const MaybeWhole = orNothing(Whole);
export const Flag = v.union([
  v.boolean(),
  v.pipe(
    v.picklist(["true", "false"]),
    v.transform((word) => word === "true"),
  ),
]);

// What comes in masses is looked at by hand first. These know what needs no cutting and no default: of all else the
// schemas have the last word.
export const isShort = (value: unknown, max: number): value is string =>
  typeof value === "string" && value.length <= max;
export const isUsualId = (value: unknown): value is string => value !== "" && isShort(value, ID_MAX);
export const isUsualName = (value: unknown): value is string => isShort(value, NAME_MAX);
export const isUsualText = (value: unknown): value is string => isShort(value, TEXT_MAX);
export const isUsualChatText = (value: unknown): value is string => isShort(value, CHAT_TEXT_MAX);
export const isUsualList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length <= LIST_MAX;

export const list = <Schema extends v.GenericSchema>(item: Schema) =>
  v.nullish(
    v.pipe(
      v.array(v.unknown()),
      v.transform((all) => all.slice(0, LIST_MAX)),
      v.array(item),
    ),
    [],
  );

export interface PersonFields {
  /** @throws ValiError when nobody stands there */
  take(event: Fields): Person;
  /** undefined: nobody stands there, or somebody who does not want to be named. */
  find(event: Fields): Person | undefined;
}

/** Twitch names people by three fields: `<prefix>_id`, `_login` and `_name`. */
export function personAt(prefix: string): PersonFields {
  const [id, login, name] = [`${prefix}_id`, `${prefix}_login`, `${prefix}_name`] as const;
  const schema = v.pipe(
    v.object({ [id]: UserId, [login]: Name, [name]: Name }),
    v.transform((found) => ({ id: found[id], login: found[login], name: found[name] })),
  );
  const check = (event: Fields) => v.parse(schema, event) as Person;
  const take = (event: Fields): Person => {
    // The keys are known at run time only.
    const found = { id: event[id], login: event[login], name: event[name] };
    return isUserId(found.id) && isUsualName(found.login) && isUsualName(found.name)
      ? { id: found.id, login: found.login, name: found.name }
      : check(event);
  };
  return {
    take,
    find(event) {
      const isThere = event[id] !== null && event[id] !== undefined && event[id] !== "";
      const person = isThere ? take(event) : undefined;
      return person && isAnonymous(person) ? undefined : person;
    },
  };
}
