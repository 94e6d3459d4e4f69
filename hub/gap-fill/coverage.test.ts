import * as v from "valibot";
import { expect, test } from "vitest";
import { Login } from "../../shared/ids.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { toUnlookedFor } from "./coverage.ts";

const of = (channel: string, ...topics: readonly Topic[]) =>
  topics.map((topic) => ({ channel: v.parse(Login, channel), topic }));

test.each<readonly [string, Parameters<typeof toUnlookedFor>[0], readonly Topic[]]>([
  [
    "what can be asked for",
    of("alice", "stream.online", "stream.offline", "channel.update", "channel.follow"),
    [],
  ],
  ["what chat over IRC tells, too", of("alice", "channel.cheer", "channel.raid"), []],
  [
    "nobody tells of these again",
    of("alice", "channel.poll.end", "channel.hype_train.begin").concat(of("bob", "channel.poll.end")),
    ["channel.hype_train.begin", "channel.poll.end"],
  ],
  [
    "chat that comes from here is gone with what it tells",
    of("alice", "channel.chat.message", "channel.cheer").concat(of("bob", "channel.raid")),
    ["channel.chat.message", "channel.cheer"],
  ],
])("%s", (_what, wanted, lost) => {
  expect(toUnlookedFor(wanted)).toEqual(lost);
});
