import { expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeDrain } from "./drain.ts";

test("everything that lets events in rests from drain to undrain, once", async () => {
  const clock = makeFakeClock();
  const done: string[] = [];
  const source = (name: string) => ({
    pause: () => void done.push(`${name} pauses`),
    resume: () => void done.push(`${name} resumes`),
  });
  let left = 1;
  const drain = makeDrain({
    sources: [source("transport"), source("gap fill")],
    underWay: () => left,
    onChange: (isDrained) => void done.push(isDrained ? "drained" : "at work"),
    clock,
  });
  drain.end();
  const drained = drain.begin();
  const again = drain.begin();
  left = 0;
  await clock.advance(1_000);
  expect(await Promise.all([drained, again])).toEqual([{ left: 0 }, { left: 0 }]);
  drain.end();
  drain.end();
  expect(done).toEqual([
    "transport pauses",
    "gap fill pauses",
    "drained",
    "at work",
    "transport resumes",
    "gap fill resumes",
  ]);
});
