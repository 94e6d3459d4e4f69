import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseEvent } from "./parse-event.ts";
import { parseFrame } from "./parse-frame.ts";

const broadcaster = {
  broadcaster_user_id: "123",
  broadcaster_user_login: "alice",
  broadcaster_user_name: "Alice",
};
const named = { broadcasterLogin: "alice", broadcasterName: "Alice" };

describe("parseEvent", () => {
  // Bodies as dev.twitch.tv shows them.
  test.each([
    [
      "stream.online",
      { id: "9001", ...broadcaster, type: "live", started_at: "2020-10-11T10:11:12.123Z" },
      {
        topic: "stream.online",
        ...named,
        streamId: "9001",
        startedAt: "2020-10-11T10:11:12.123Z",
        streamType: "live",
      },
    ],
    ["stream.offline", broadcaster, { topic: "stream.offline", ...named }],
    [
      "channel.update",
      {
        ...broadcaster,
        title: "T",
        language: "en",
        category_id: "5",
        category_name: "C",
        content_classification_labels: [],
      },
      { topic: "channel.update", ...named, title: "T", language: "en", categoryId: "5", categoryName: "C" },
    ],
  ])("%s", (type, event, body) => {
    expect(parseEvent(type, event)).toEqual({ is: "event", channelId: "123", body });
  });

  test.each([
    ["stream.online", {}],
    ["stream.online", null],
    ["stream.offline", { ...broadcaster, broadcaster_user_id: "alice" }],
    ["__proto__", broadcaster],
    ["channel.telepathy", broadcaster],
  ])("%s with %j is not understood, and says so", (type, event) => {
    expect(parseEvent(type, event)).toMatchObject({ is: "unknown", problem: expect.any(String) });
  });
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
