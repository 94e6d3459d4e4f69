import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { ChannelId } from "../../shared/ids.ts";
import { type Topic, topics } from "../../shared/twitch/topics.ts";
import { planRepairs, type Repair, type Seen, type Wanted } from "./plan.ts";

const want = (channel: string, topic: Topic): Wanted => ({ channelId: v.parse(ChannelId, channel), topic });
let lastId = 0;
const have = (channel: string, topic: Topic, more: Partial<Seen> = {}): Seen => ({
  ...want(channel, topic),
  twitchId: `t${++lastId}`,
  sessionId: "now",
  status: "enabled",
  ...more,
});
const show = (repairs: readonly Repair[]) =>
  repairs.map((one) =>
    one.do === "create"
      ? `create ${one.want.channelId} ${one.want.topic}`
      : `delete ${one.have.channelId} ${one.have.topic}: ${one.because}`,
  );

test.each<[string, Wanted[], Seen[], string[]]>([
  ["nothing to do", [want("1", "stream.online")], [have("1", "stream.online")], []],
  ["a wish not yet fulfilled", [want("1", "stream.online")], [], ["create 1 stream.online"]],
  [
    "a wish that is pending",
    [want("1", "stream.online")],
    [have("1", "stream.online", { status: "pending" })],
    [],
  ],
  ["what nobody wants any more", [], [have("1", "stream.online")], ["delete 1 stream.online: unwanted"]],
  [
    "what another session left behind goes before its successor comes",
    [want("1", "stream.online")],
    [have("1", "stream.online", { sessionId: "old" })],
    ["delete 1 stream.online: other-session", "create 1 stream.online"],
  ],
  [
    "what failed at Twitch",
    [want("1", "stream.online")],
    [have("1", "stream.online", { status: "failed" })],
    ["delete 1 stream.online: failed", "create 1 stream.online"],
  ],
  [
    "the same twice",
    [want("1", "stream.online")],
    [have("1", "stream.online"), have("1", "stream.online")],
    ["delete 1 stream.online: double"],
  ],
  [
    "a wish said twice",
    [want("1", "stream.online"), want("1", "stream.online")],
    [],
    ["create 1 stream.online"],
  ],
])("%s", (_name, wanted, seen, repairs) => {
  expect(show(planRepairs(wanted, seen, "now"))).toEqual(repairs);
});

test("from any state, one pass of repairs leaves exactly what is wanted, and a second has nothing to do", () => {
  const channel = fc.constantFrom("1", "2", "3");
  const topic = fc.constantFrom(...topics);
  const seenOne = fc.record({
    channel,
    topic,
    sessionId: fc.constantFrom("now", "old"),
    status: fc.constantFrom("enabled" as const, "pending" as const, "failed" as const),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(channel, topic)), fc.array(seenOne), (wishes, rows) => {
      const wanted = wishes.map(([of, what]) => want(of, what));
      const seen = rows.map((row) => have(row.channel, row.topic, row));
      const repairs = planRepairs(wanted, seen, "now");
      const gone = new Set(repairs.flatMap((one) => (one.do === "delete" ? [one.have.twitchId] : [])));
      const after = [
        ...seen.filter((one) => !gone.has(one.twitchId)),
        ...repairs.flatMap((one) => (one.do === "create" ? [have(one.want.channelId, one.want.topic)] : [])),
      ];
      const names = (list: readonly Wanted[]) => list.map((one) => `${one.channelId} ${one.topic}`).sort();
      expect(names(after)).toEqual([...new Set(names(wanted))]);
      expect(planRepairs(wanted, after, "now")).toEqual([]);
    }),
  );
});
