import { beforeEach, expect, test } from "vitest";
import { hearEventSub } from "./hear-eventsub.ts";

let done: string[];
let ears: ReturnType<typeof hearEventSub>;
const note = (what: string) => () => void done.push(what);

beforeEach(() => {
  done = [];
  ears = hearEventSub({
    life: {
      condition: { troubleBegins() {}, troubleEnds() {} },
      reach: (stage) => void done.push(stage),
      trouble() {},
    },
    router: { route() {}, findLink: () => undefined },
    wanted: () => [],
    parts: () => ({
      tellers: { look() {}, lookAtChat() {}, lookAtWaits() {}, subscriptionsSeen() {} },
      gapFill: { outageBegins: note("gap"), afterOutage: note("fill") },
      probe: { hear: () => false, wanted: () => [] },
    }),
  });
});

test("after an outage the gap is filled when everything stands", () => {
  ears.onOpen();
  ears.onSettled();
  ears.onSettled();
  expect(done).toEqual(["gap", "eventsub", "fill", "ready", "ready"]);
});

test("a subscription that is not to be had keeps nobody's gap open, and is looked after when it comes", () => {
  ears.onOpen();
  ears.onTried(8);
  expect(done).toEqual(["gap", "eventsub", "fill", "gap", "ready"]);
  ears.onTried(0);
  expect(done.filter((one) => one === "fill")).toHaveLength(1);
  ears.onTried(1);
  ears.onTried(0);
  expect(done.filter((one) => one === "fill")).toHaveLength(2);
  ears.onSettled();
  expect(done.filter((one) => one === "fill")).toHaveLength(3);
  // A later wish that is not to be had is no outage.
  ears.onTried(0);
  ears.onTried(1);
  expect(done.filter((one) => one === "fill")).toHaveLength(3);
  ears.onOpen();
  ears.onTried(0);
  expect(done.filter((one) => one === "fill")).toHaveLength(4);
});
