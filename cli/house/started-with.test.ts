import { expect, test } from "vitest";
import { findStartedWith, toStartedWith } from "./started-with.ts";

test.each<[string, NodeJS.ProcessEnv]>([
  ["", {}],
  ["PATH=/bin\0KISSBOT_HOME=/h\0KISSBOT_CALLED_AT=1\0", {}],
  ["KISSBOT_USE_DB=1\0HOME=/h\0", { KISSBOT_USE_DB: "1" }],
  ["KISSBOT_USE_DB=\0KISSBOT_KEY_FILE=/k=1\0", { KISSBOT_KEY_FILE: "/k=1" }],
  ["KISSBOT_LOGS__LEVEL=a\nb\0=odd\0no-sign\0", { KISSBOT_LOGS__LEVEL: "a\nb" }],
])("of %j a successor is given %j", (environ, given) => {
  expect(toStartedWith(environ)).toEqual(given);
});

test("a process that is gone was started with nothing", () => {
  expect(findStartedWith(2 ** 30)).toEqual({});
});
