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
/** Mostly right, so that each field is the only odd one now and then. */
const or = (right: fc.Arbitrary<unknown>, weight = 12) =>
  fc.oneof(
    { weight, arbitrary: right },
    { weight: 1, arbitrary: fc.anything() },
    {
      weight: 1,
      arbitrary: fc.oneof(fc.constantFrom(undefined, null, [], {}, "", 0, "0", true, "true"), long),
    },
  );
const some = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(fields, {
    requiredKeys: Object.keys(fields).filter((_, at) => at % 2 === 0),
  }) as fc.Arbitrary<Fields>;
const id = fc.stringMatching(/^\d{1,20}$/);
const name = or(fc.string());
const nothing = (other: fc.Arbitrary<unknown>) =>
  or(fc.constantFrom(null, undefined, null, null), 20).chain((one) =>
    one === null
      ? fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: other })
      : fc.constant(one),
  );
const people = { chatter_user_id: or(id), chatter_user_login: name, chatter_user_name: name };

const badge = or(fc.record({ set_id: name, id: name, info: name }), 20);
const chatLine = some({
  ...people,
  message_id: or(fc.string({ minLength: 1 })),
  message: or(
    fc.record({
      text: or(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `\u0001ACTION ${text}\u0001`),
        ),
      ),
      fragments: fc.constant([]),
    }),
  ),
  color: or(fc.constantFrom("#00FF7F", "", null)),
  badges: or(fc.array(badge, { maxLength: 30 })),
  message_type: name,
  cheer: nothing(fc.record({ bits: or(fc.nat()) })),
  channel_points_custom_reward_id: nothing(fc.string()),
  reply: nothing(fc.record({ parent_message_id: fc.string(), parent_user_id: id })),
  source_broadcaster_user_id: nothing(id),
});
const update = some({ title: or(fc.string()), language: name, category_id: name, category_name: name });

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
  const asSent = (event: Fields): Fields => JSON.parse(JSON.stringify(event));
  const rows = [
    {
      what: "a line of chat",
      events: chatLine,
      byHand: chatParsers["channel.chat.message"],
      checked: checkMessage,
    },
    { what: "an update", events: update, byHand: channelParsers["channel.update"], checked: checkUpdate },
    {
      what: "a person",
      events: some(people),
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
  test.each(rows)("$what", ({ events, byHand, checked }) => {
    let accepted = 0;
    fc.assert(
      fc.property(events.map(asSent), (event) => {
        const said = verdict(byHand, event);
        if (said.startsWith("{")) accepted += 1;
        expect(said).toBe(verdict(checked, event));
      }),
      { numRuns: 1_000 },
    );
    // Else only refusals would have been compared.
    expect(accepted).toBeGreaterThan(50);
  });
});
