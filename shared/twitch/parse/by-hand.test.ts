/** What is looked at by hand, because it comes in masses, against the schemas that have the last word. */
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { UserId } from "../../ids.ts";
import { channelParsers, checkUpdate } from "./channel.ts";
import { chatParsers, checkMessage } from "./chat.ts";
import { type Fields, Name, personAt } from "./fields.external.ts";

const long = fc.constantFrom(
  "x".repeat(100),
  "x".repeat(101),
  "😀".repeat(51),
  "x".repeat(501),
  "x".repeat(1_101),
);
/** How a field's right values become those of the field. */
type Field = (right: fc.Arbitrary<unknown>, weight?: number) => fc.Arbitrary<unknown>;
type FieldsWith = (field: Field) => Record<string, fc.Arbitrary<unknown>>;
const asItIs: Field = (right) => right;
/** Mostly right, so that each field is the only odd one now and then. */
const orOdd: Field = (right, weight = 12) =>
  fc.oneof(
    { weight, arbitrary: right },
    { weight: 1, arbitrary: fc.anything() },
    {
      weight: 1,
      arbitrary: fc.oneof(fc.constantFrom(undefined, null, [], {}, "", 0, "0", true, "true"), long),
    },
  );
const id = fc.stringMatching(/^\d{1,20}$/);
const nothing = (field: Field, other: fc.Arbitrary<unknown>) =>
  field(fc.constantFrom(null, undefined, null, null), 20).chain((one) =>
    one === null
      ? fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: other })
      : fc.constant(one),
  );

const personWith = (prefix: string, field: Field) => ({
  [`${prefix}_id`]: field(id),
  [`${prefix}_login`]: field(fc.string()),
  [`${prefix}_name`]: field(fc.string()),
});
const person: FieldsWith = (field) => personWith("chatter_user", field);
const badge = (field: Field) =>
  field(fc.record({ set_id: field(fc.string()), id: field(fc.string()), info: field(fc.string()) }), 20);
const said = fc.oneof(
  fc.string(),
  fc.string().map((text) => `\u0001ACTION ${text}\u0001`),
);
const chatLine: FieldsWith = (field) => ({
  ...person(field),
  message_id: field(fc.string({ minLength: 1 })),
  message: field(fc.record({ text: field(said), fragments: fc.constant([]) })),
  color: field(fc.constantFrom("#00FF7F", "", null)),
  badges: field(fc.array(badge(field), { maxLength: 30 })),
  message_type: field(fc.string()),
  cheer: nothing(field, fc.record({ bits: field(fc.nat()) })),
  channel_points_custom_reward_id: nothing(field, fc.string()),
  reply: nothing(
    field,
    fc.record({ ...personWith("parent_user", field), parent_message_id: field(fc.string({ minLength: 1 })) }),
  ),
  source_broadcaster_user_id: nothing(field, id),
});
const update: FieldsWith = (field) => ({
  title: field(fc.string()),
  language: field(fc.string()),
  category_id: field(fc.string()),
  category_name: field(fc.string()),
});

const asSent = (event: Fields): Fields => JSON.parse(JSON.stringify(event));
/** As Twitch sends them. */
const right = (fields: FieldsWith) => fc.record(fields(asItIs)).map(asSent);
/** As nobody sends them: half of the fields may be missing, too. */
const odd = (fields: FieldsWith) => {
  const all = fields(orOdd);
  const requiredKeys = Object.keys(all).filter((_, at) => at % 2 === 0);
  return fc.record(all, { requiredKeys }).map((event) => asSent(event as Fields));
};
/** Right, but for the one field that nobody can do without. */
const broken = (fields: FieldsWith, needed: string) =>
  fc
    .tuple(right(fields), fc.constantFrom(undefined, null, [], {}, 0, true))
    .map(([event, instead]) => asSent({ ...event, [needed]: instead }));

/** What it says, in this order of its fields, or why it refuses. */
function verdict(parse: (event: Fields) => unknown, event: Fields): string {
  try {
    return JSON.stringify(parse(event));
  } catch (problem) {
    if (!v.isValiError(problem)) throw problem;
    return `${v.getDotPath(problem.issues[0])}: ${problem.message}`;
  }
}

describe("by hand and by the schema it is the same", () => {
  const rows = [
    {
      what: "a line of chat",
      fields: chatLine,
      needed: "message_id",
      byHand: chatParsers["channel.chat.message"],
      checked: checkMessage,
    },
    {
      what: "an update",
      fields: update,
      needed: "category_name",
      byHand: channelParsers["channel.update"],
      checked: checkUpdate,
    },
    {
      what: "a person",
      fields: person,
      needed: "chatter_user_id",
      byHand: personAt("chatter_user").take,
      checked: (event: Fields) => {
        const schema = v.object({
          chatter_user_id: UserId,
          chatter_user_login: Name,
          chatter_user_name: Name,
        });
        const found = v.parse(schema, event);
        return { id: found.chatter_user_id, login: found.chatter_user_login, name: found.chatter_user_name };
      },
    },
  ];
  const isAccepted = (words: string) => words.startsWith("{");
  const sameOf = ({ byHand, checked }: (typeof rows)[number], event: Fields) => {
    const words = verdict(byHand, event);
    expect(words).toBe(verdict(checked, event));
    return words;
  };
  test.each(rows)("$what that is right is taken", (row) => {
    fc.assert(fc.property(right(row.fields), (event) => isAccepted(sameOf(row, event))));
  });
  test.each(rows)("$what that lacks what is needed is refused", (row) => {
    fc.assert(fc.property(broken(row.fields, row.needed), (event) => !isAccepted(sameOf(row, event))));
  });
  test.each(rows)("$what, however odd", (row) => {
    fc.assert(
      fc.property(odd(row.fields), (event) => void sameOf(row, event)),
      { numRuns: 1_000 },
    );
  });
});
