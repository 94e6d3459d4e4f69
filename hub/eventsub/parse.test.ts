import fc from "fast-check";
import { expect, test } from "vitest";
import { type Frame, parseFrame, unbatch } from "./parse-frame.ts";

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
