import fc from "fast-check";
import { expect, test } from "vitest";
import { CHAT_TEXT_MAX } from "./chat-text.ts";
import { DUPLICATE_WITHIN_MS, type Said, stepDistinctText } from "./distinct-text.ts";

const sayAll = (texts: readonly { readonly text: string; readonly at: number }[]) => {
  let recent: readonly Said[] = [];
  return texts.map(({ text, at }) => {
    const step = stepDistinctText(recent, text, at);
    recent = step.recent;
    return step.text;
  });
};

test("repeated text gets one mark more each time, until 30 s have passed", () => {
  expect(
    sayAll([
      { text: "Pong!", at: 0 },
      { text: "Pong!", at: 1_000 },
      { text: "other", at: 2_000 },
      { text: "Pong!", at: 3_000 },
      { text: "Pong!", at: DUPLICATE_WITHIN_MS },
    ]),
  ).toEqual(["Pong!", "Pong! \u034F", "other", "Pong! \u034F\u034F", "Pong!"]);
});

test("no two lines within 30 s are alike, and none grows past Twitch's limit", () => {
  const line = fc.record({
    text: fc.constantFrom("a", "b", "x".repeat(CHAT_TEXT_MAX), "y".repeat(CHAT_TEXT_MAX - 1)),
    restMs: fc.integer({ min: 0, max: 12_000 }),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      let at = 0;
      const timed = lines.map(({ text, restMs }) => {
        at += restMs;
        return { text, at };
      });
      const said = sayAll(timed);
      for (const [index, text] of said.entries()) {
        expect(text.length).toBeLessThanOrEqual(CHAT_TEXT_MAX);
        const now = timed[index]?.at ?? 0;
        const recent = said.filter(
          (_one, other) => other < index && now - (timed[other]?.at ?? 0) < DUPLICATE_WITHIN_MS,
        );
        expect(recent).not.toContain(text);
      }
    }),
  );
});
