import { expect, test } from "vitest";
import { have, placesOf, want } from "../../tests/support/subscriptions.ts";
import { findAwaited } from "./awaited.ts";

test("awaited is what is nowhere, what failed, and what still has to move", () => {
  const wanted = ["1", "2", "3", "4", "5"].map((channel) => want(channel, "stream.online"));
  const seen = [
    have("1", "stream.online"),
    have("2", "stream.online", { carrierId: "old" }),
    have("3", "stream.online", { carrierId: "old" }),
    have("3", "stream.online", { status: "pending" }),
    have("4", "stream.online", { status: "failed" }),
  ];
  const places = placesOf({ current: ["now"], retiring: ["old"] });
  expect(findAwaited(wanted, seen, places).map(({ channelId }) => channelId)).toEqual(["2", "4", "5"]);
});
