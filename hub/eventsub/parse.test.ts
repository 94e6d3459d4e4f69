import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkFrame, type Frame, parseFrame, unbatch } from "./parse-frame.ts";

test("events that come in one frame are told one by one, each under an id that stays the same", () => {
  const batched = (events: unknown): Frame =>
    parseFrame(
      JSON.stringify({
        metadata: { message_id: "m", message_type: "notification", message_timestamp: "t" },
        payload: {
          subscription: { id: "s", type: "channel.follow", status: "enabled", condition: {} },
          events,
        },
      }),
    );
  const frame = batched([{ id: "a", data: { user_id: "1" } }, { data: { user_id: "2" } }]);
  expect(frame.kind === "notification" && unbatch(frame)).toEqual([
    { messageId: "m 0", event: { user_id: "1" } },
    { messageId: "m 1", event: { user_id: "2" } },
  ]);
  expect(batched([{ id: "a" }]).kind).toBe("unknown");
  expect(batched("all").kind).toBe("unknown");
});

test("parseFrame answers anything and never throws", () => {
  const kinds = fc.constantFrom(
    "session_welcome",
    "notification",
    "session_reconnect",
    "revocation",
    "session_keepalive",
    "other",
  );
  const anyFrame = fc.record({
    metadata: fc.record({ message_id: fc.string(), message_type: kinds, message_timestamp: fc.string() }),
    payload: fc.anything(),
  });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        anyFrame.map((one) => JSON.stringify(one)),
      ),
      (text) => {
        expect(parseFrame(text).kind).toBeTypeOf("string");
      },
    ),
  );
});

test("what comes in masses is judged as the schemas judge it", () => {
  /** Mostly right, so that each field is the only wrong one now and then. */
  const or = <Right>(right: fc.Arbitrary<Right>) =>
    fc.oneof(
      { weight: 12, arbitrary: right },
      { weight: 1, arbitrary: fc.anything() },
      { weight: 1, arbitrary: fc.constantFrom(undefined, null, [], {}, "", "x".repeat(2_001)) },
    );
  const text = or(fc.string());
  const subscription = fc.record(
    { id: text, type: text, status: text, condition: or(fc.object()) },
    { requiredKeys: ["id", "type", "status"] },
  );
  const frame = fc.record({
    metadata: or(
      fc.record({ message_id: text, message_type: or(fc.constant("notification")), message_timestamp: text }),
    ),
    payload: or(
      fc.record(
        {
          subscription: or(subscription),
          event: or(fc.object()),
          events: or(fc.array(fc.record({ data: or(fc.object()) }))),
        },
        { requiredKeys: ["subscription"] },
      ),
    ),
  });
  fc.assert(
    fc.property(frame, (raw) => {
      const sent = JSON.stringify(raw);
      const heard: unknown = JSON.parse(sent);
      expect(parseFrame(sent)).toEqual(checkFrame(sent, heard));
    }),
    { numRuns: 500 },
  );
});

describe("a notification in Twitch's own order is read as if it were read whole", () => {
  const metadata = { message_id: "m", message_type: "notification", message_timestamp: "t" };
  const about = { subscription_type: "channel.update", subscription_version: "2" };
  const subscription = { id: "s", type: "channel.update", status: "enabled", condition: {} };
  const whole = (text: string) => checkFrame(text, JSON.parse(text));
  const cuts = ['},"event":{', '},"payload":{"subscription":{', '"}}', "\\", '"', "{", "}"];

  test("whatever the event, the subscription and their names say", () => {
    const tricky = fc.array(fc.oneof(fc.constantFrom(...cuts), fc.string())).map((parts) => parts.join(""));
    const anything = fc.object({ key: tricky, values: [tricky, fc.constant("event"), fc.nat()] });
    const named = fc.oneof(anything, fc.record({ a: anything, event: anything, payload: anything }));
    const frame = fc.record({
      metadata: fc
        .record({ message_id: tricky, more: named })
        .map((more) => ({ ...metadata, ...about, ...more })),
      payload: fc.oneof(
        fc.record({ subscription: named.map((more) => ({ ...more, ...subscription })), event: named }),
        fc.record({
          subscription: named.map((more) => ({ ...subscription, ...more })),
          event: named,
          more: named,
        }),
        fc.record({ subscription: named.map((more) => ({ ...subscription, more })) }),
      ),
    });
    let events = 0;
    fc.assert(
      fc.property(frame, (raw) => {
        const text = JSON.stringify(raw);
        if (whole(text).kind === "notification") events += 1;
        expect(parseFrame(text)).toEqual(whole(text));
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(events).toBeGreaterThan(100);
  });

  test("and says what stands in it", () => {
    const frame = { metadata: { ...metadata, ...about }, payload: { subscription, event: { title: "x" } } };
    expect(parseFrame(JSON.stringify(frame))).toEqual({
      kind: "notification",
      messageId: "m",
      at: "t",
      type: "channel.update",
      event: { title: "x" },
    });
  });
});
