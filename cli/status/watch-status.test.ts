import { expect, test } from "vitest";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { type Suspension, toFrame, WATCH_EVERY_MS, watchStatus } from "./watch-status.ts";

test("without a terminal: one block after another, until it is told to stop, and no timer is left", async () => {
  const clock = makeFakeClock();
  const stopping = new AbortController();
  const said: string[] = [];
  let looks = 0;
  const watching = watchStatus({
    clock,
    screen: undefined,
    say: (text) => said.push(text),
    stopping: stopping.signal,
    look: async () => `look ${++looks}`,
  });
  await settled();
  await clock.advance(2 * WATCH_EVERY_MS);
  stopping.abort();
  await watching;
  expect(said).toEqual(["look 1", "\nlook 2", "\nlook 3"]);
  expect(clock.pending()).toBe(0);
});

test("on a terminal: redraws in place and gives the terminal back as it was", async () => {
  const clock = makeFakeClock();
  const stopping = new AbortController();
  let written = "";
  const watching = watchStatus({
    clock,
    screen: {
      write: (text) => {
        written += text;
      },
    },
    say: () => {
      throw new Error("said beside the screen");
    },
    stopping: stopping.signal,
    look: async () => "a\nb",
  });
  await settled();
  stopping.abort();
  await watching;
  expect(written).toBe(
    `\u001b[?1049h\u001b[?25l\u001b[?7l${toFrame("a\nb")}\u001b[?7h\u001b[?25h\u001b[?1049l`,
  );
  expect(toFrame("a\nb")).toBe("\u001b[Ha\u001b[K\r\nb\u001b[K\u001b[J");
});

test("Ctrl-Z gives the terminal back, and fetching it back shows the page again", async () => {
  const stopping = new AbortController();
  const written: string[] = [];
  let suspension: Suspension | undefined;
  const watching = watchStatus({
    clock: makeFakeClock(),
    screen: { write: (text) => void written.push(text) },
    say: () => {},
    stopping: stopping.signal,
    look: async () => "page",
    onSuspend(call) {
      suspension = call;
      return () => {
        suspension = undefined;
      };
    },
  });
  await settled();
  suspension?.suspended();
  expect(written.at(-1)).toMatch(/\[\?25h.*\[\?1049l$/);
  suspension?.resumed();
  expect(written.at(-1)).toMatch(/^.*\[\?1049h.*page/s);
  stopping.abort();
  await watching;
  expect(suspension).toBeUndefined();
});

test("the terminal is given back, too, when looking fails", async () => {
  let written = "";
  const watching = watchStatus({
    clock: makeFakeClock(),
    screen: {
      write: (text) => {
        written += text;
      },
    },
    say: () => {},
    stopping: new AbortController().signal,
    look: () => Promise.reject(new Error("broken")),
  });
  await expect(watching).rejects.toThrow("broken");
  expect(written).toMatch(/\[\?1049l$/);
});
