import * as v from "valibot";
import { expect, test } from "vitest";
import { ChannelId, UserId } from "../../shared/ids.ts";
import type { HubEvent } from "../../shared/ipc/hub-worker.ts";
import type { Standing } from "../../shared/ipc/permit-words.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { startEventSubChat } from "./eventsub-chat.ts";

const CHANNEL = v.parse(ChannelId, "1");
const BOT = v.parse(UserId, "7");
const NOW = { arrivedAt: 0, wall: 0 };

function open(more: { readonly lastStanding?: Standing; readonly botId?: UserId } = {}) {
  const standings: Standing[] = [];
  const nothing = () => {};
  const chat = startEventSubChat({
    channelId: CHANNEL,
    botId: more.botId ?? BOT,
    lastStanding: more.lastStanding,
    hub: { ask: async () => ({ is: "away" }), isOpen: () => true, chatLink: () => undefined },
    voice: {
      opened: nothing,
      closed: nothing,
      standing: (standing) => void standings.push(standing),
      slowMode: nothing,
      echoed: nothing,
      refused: nothing,
      unanswered: nothing,
    },
    log: silentLog,
    onJoined: nothing,
    onWait: nothing,
  });
  const hear = (userId: string, badges: readonly string[], sourceChannelId?: ChannelId) => {
    const event: HubEvent = {
      kind: "event",
      seq: 1,
      id: "e",
      at: "2026-01-01T00:00:00Z",
      body: {
        topic: "channel.chat.message",
        broadcasterLogin: "alice",
        broadcasterName: "Alice",
        messageId: "m",
        user: { id: v.parse(UserId, userId), login: "somebody", name: "Somebody" },
        text: "hello",
        messageType: "text",
        isAction: false,
        badges: [...badges],
        bits: 0,
        ...(sourceChannelId && { sourceChannelId }),
      },
    };
    return chat.hear(event, NOW);
  };
  return { standings, hear };
}

test("what it is in the channel it knows from the hub, or from its own first words", () => {
  expect(open({ lastStanding: "moderator" }).standings).toEqual(["moderator"]);
  const { standings, hear } = open();
  expect(standings).toEqual([]);
  hear(BOT, ["vip/1"]);
  hear(BOT, ["moderator/1"]);
  hear(BOT, []);
  expect(standings).toEqual(["vip", "moderator", "viewer"]);
});

test("others' badges, and its own in a shared chat, say nothing of it", () => {
  const { standings, hear } = open();
  hear("8", ["moderator/1"]);
  hear(BOT, ["moderator/1"], v.parse(ChannelId, "2"));
  expect(standings).toEqual([]);
});

test("in its own channel it is the broadcaster, whatever was told", () => {
  expect(open({ botId: v.parse(UserId, "1"), lastStanding: "viewer" }).standings).toEqual(["broadcaster"]);
});
