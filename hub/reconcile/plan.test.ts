import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { topics } from "../../shared/twitch/topics.ts";
import { have, placesOf, want } from "../../tests/support/subscriptions.ts";
import { planRepairs, type Repair } from "./plan.ts";
import { isAlive, type Seen, type Wanted, wantedKey } from "./subscription.ts";

const show = (repairs: readonly Repair[]) =>
  repairs.map((one) =>
    one.do === "create"
      ? `${one.isUrgent ? "urgently " : ""}create ${wantedKey(one.want)} on ${one.on.id}`
      : `delete ${wantedKey(one.have)} of ${one.have.carrierId}: ${one.because}`,
  );
const places = placesOf({ current: ["now"], ours: ["now", "old"] });
const held = (channel: string, more: Partial<Seen> = {}) => have(channel, "stream.online", more);

describe("repairs", () => {
  test.each<[string, Wanted[], Seen[], string[]]>([
    ["nothing to do", [want("1", "stream.online")], [held("1")], []],
    [
      "a wish not yet fulfilled, on an empty session",
      [want("1", "stream.online")],
      [],
      ["urgently create 1 stream.online on now"],
    ],
    [
      "a wish not yet fulfilled, on a session in use",
      [want("1", "stream.online"), want("2", "stream.online")],
      [held("2")],
      ["create 1 stream.online on now"],
    ],
    ["a wish that is pending", [want("1", "stream.online")], [held("1", { status: "pending" })], []],
    ["what nobody wants any more", [], [held("1")], ["delete 1 stream.online of now: unwanted"]],
    [
      "what failed at Twitch, gone before its successor comes",
      [want("1", "stream.online"), want("2", "stream.online")],
      [held("1", { status: "failed" }), held("2")],
      ["delete 1 stream.online of now: failed", "create 1 stream.online on now"],
    ],
    [
      "the same twice",
      [want("1", "stream.online")],
      [held("1"), held("1")],
      ["delete 1 stream.online of now: double"],
    ],
    [
      "a wish said twice",
      [want("1", "stream.online"), want("1", "stream.online")],
      [],
      ["urgently create 1 stream.online on now"],
    ],
    [
      "what a session of ours left alive: after what is missing, because it does no harm",
      [want("1", "stream.online"), want("2", "stream.online")],
      [held("1", { carrierId: "old" })],
      [
        "urgently create 1 stream.online on now",
        "create 2 stream.online on now",
        "delete 1 stream.online of old: other-session",
      ],
    ],
    [
      "what a session of ours left alive and costs points: before what is missing, but after the first",
      [want("1", "stream.online"), want("2", "stream.online")],
      [held("1", { carrierId: "old", cost: 1 })],
      [
        "urgently create 1 stream.online on now",
        "delete 1 stream.online of old: other-session",
        "create 2 stream.online on now",
      ],
    ],
    [
      "what ended with its session: Twitch forgets it by itself",
      [want("1", "stream.online")],
      [held("1", { carrierId: "old", status: "failed" }), held("1")],
      [],
    ],
    [
      "what another installation subscribed to is not ours to touch",
      [want("1", "stream.online")],
      [held("1", { carrierId: "theirs" }), held("9", { carrierId: "theirs" }), held("1")],
      [],
    ],
  ])("%s", (_name, wanted, seen, repairs) => {
    expect(show(planRepairs(wanted, seen, places))).toEqual(repairs);
  });

  test("three of a kind keep a fourth out: what dead sessions left goes first", () => {
    const leavings = ["a", "b", "c"].map((carrierId) => held("1", { carrierId }));
    const after = placesOf({ current: ["now"], ours: ["a", "b", "c", "now"], carriersMax: 9 });
    expect(show(planRepairs([want("1", "stream.online")], leavings, after)).slice(0, 4)).toEqual([
      "urgently create 1 stream.online on now",
      "delete 1 stream.online of a: other-session",
      "delete 1 stream.online of b: other-session",
      "delete 1 stream.online of c: other-session",
    ]);
  });

  test("dead sessions that still count as connections go before anything but the first", () => {
    const leavings = ["a", "b", "c"].map((carrierId, at) => held(`${at}`, { carrierId }));
    const after = placesOf({ current: ["now"], ours: ["a", "b", "c"] });
    const repairs = show(
      planRepairs([want("7", "stream.online"), want("8", "stream.online")], leavings, after),
    );
    expect(repairs.indexOf("create 8 stream.online on now")).toBe(4);
  });

  test("a session that Twitch renamed keeps its subscriptions", () => {
    const renamed = { ...places, nameOf: (id: string) => (id === "before" ? "now" : id) };
    const rows = [held("1", { carrierId: "before" })];
    expect(planRepairs([want("1", "stream.online")], rows, renamed)).toEqual([]);
  });

  test("fills the first connection, gives an empty one its first at once, and places nothing where there is no room", () => {
    const two = placesOf({ current: ["a", "b"], capacity: 2 });
    const wanted = ["1", "2", "3", "4", "5"].map((channel) => want(channel, "stream.online"));
    expect(show(planRepairs(wanted, [held("1", { carrierId: "a" })], two))).toEqual([
      "urgently create 2 stream.online on b",
      "create 3 stream.online on a",
      "create 4 stream.online on b",
    ]);
  });

  test("a conduit is never in a hurry: it is in use by being bound", () => {
    const conduit = placesOf({ current: ["c"], method: "conduit" });
    expect(show(planRepairs([want("1", "stream.online")], [], conduit))).toEqual([
      "create 1 stream.online on c",
    ]);
  });

  test("moves what a retiring carrier has, each first made and then deleted", () => {
    const moving = placesOf({ current: ["now"], retiring: ["old"], ours: ["now", "old"] });
    const wanted = [want("1", "stream.online"), want("2", "stream.online")];
    const rows = [
      held("1", { carrierId: "old" }),
      held("2", { carrierId: "old" }),
      held("3", { carrierId: "old" }),
      held("1"),
    ];
    const repairs = planRepairs(wanted, rows, moving);
    expect(show(repairs)).toEqual([
      "delete 1 stream.online of old: moved",
      "create 2 stream.online on now",
      "delete 3 stream.online of old: unwanted",
    ]);
    expect(repairs[1]).toMatchObject({ replaces: { carrierId: "old", channelId: "2" } });
  });
});

test("from any state, step by step, exactly what is wanted is there in the end, and no other installation's is gone", () => {
  const channel = fc.constantFrom("1", "2", "3");
  const topic = fc.constantFrom(...topics.slice(0, 4));
  const row = fc.record({
    channel,
    topic,
    carrierId: fc.constantFrom("a", "b", "leaving", "old", "theirs"),
    status: fc.constantFrom("enabled" as const, "pending" as const, "failed" as const),
    cost: fc.constantFrom(0, 1),
  });
  const everywhere = placesOf({
    current: ["a", "b"],
    retiring: ["leaving"],
    ours: ["a", "b", "leaving", "old"],
    capacity: 8,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(channel, topic)), fc.array(row), (wishes, rows) => {
      const wanted = wishes.map(([of, what]) => want(of, what));
      let seen: readonly Seen[] = rows.map((one) => have(one.channel, one.topic, one));
      const theirs = seen.filter((one) => one.carrierId === "theirs");
      const asked = new Set<string>();
      for (let steps = 0; ; steps += 1) {
        const [next] = planRepairs(wanted, seen, everywhere);
        if (!next) break;
        expect(steps).toBeLessThan(100);
        if (next.do === "delete") {
          seen = seen.filter((one) => one.twitchId !== next.have.twitchId);
          continue;
        }
        const key = wantedKey(next.want);
        expect(asked.has(key), `${key} is made once`).toBe(false);
        asked.add(key);
        seen = [...seen, have(next.want.channelId, next.want.topic, { carrierId: next.on.id })];
      }
      const alive = seen.filter(isAlive).filter((one) => one.carrierId !== "theirs");
      expect(alive.map(wantedKey).sort()).toEqual([...new Set(wanted.map(wantedKey))].sort());
      expect(alive.every((one) => one.carrierId === "a" || one.carrierId === "b")).toBe(true);
      expect(seen.filter((one) => one.carrierId === "theirs")).toEqual(theirs);
    }),
  );
});
