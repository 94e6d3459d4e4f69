import * as v from "valibot";
import { expect, test } from "vitest";
import { ChannelId, Login } from "../shared/ids.ts";
import type { Said } from "./gateway/sayer.ts";
import { makeQuestionDesk } from "./worker-questions.ts";

const asker = { channel: v.parse(Login, "alice_live"), channelId: v.parse(ChannelId, "1") };

function unasked(): never {
  throw new Error("nobody asks for this here");
}

test("a channel's message is under way, for its permit, until Twitch has answered", async () => {
  const underWay: string[] = [];
  const said = Promise.withResolvers<Said>();
  const ask = makeQuestionDesk({
    tokens: { get: unasked, replace: unasked },
    channels: { channelNow: unasked },
    sayer: { say: () => said.promise },
    permits: {
      posts(channel) {
        underWay.push(channel);
        return () => void underWay.pop();
      },
    },
    crowd: { ask: unasked },
    games: { ask: unasked },
  });
  const answered = ask({ about: "say", key: "k", text: "hi" }, asker);
  expect(underWay).toEqual(["alice_live"]);
  said.resolve({ is: "said", end: { is: "sent" } });
  expect(await answered).toMatchObject({ is: "reply", reply: { about: "say", end: { is: "sent" } } });
  expect(underWay).toEqual([]);
});
