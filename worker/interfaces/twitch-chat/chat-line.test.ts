import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { UserId } from "../../../shared/ids.ts";
import { parseChatLine, toRank, toStanding } from "./chat-line.ts";

const tagsOf = (text: string) =>
  new Map(text.split(";").map((pair) => pair.split("=", 2) as [string, string]));

describe("rank and standing", () => {
  test.each([
    ["badges=broadcaster/1,subscriber/0;mod=0", "broadcaster", "broadcaster"],
    ["badges=moderator/1,subscriber/12;mod=1", "moderator", "moderator"],
    ["badges=lead_moderator/1;mod=0", "moderator", "moderator"],
    ["badges=;mod=1", "moderator", "moderator"],
    ["badges=vip/1;mod=0;vip=1", "vip", "vip"],
    ["badges=subscriber/12;mod=0", "subscriber", "viewer"],
    ["badges=founder/0;mod=0", "subscriber", "viewer"],
    ["badges=premium/1;mod=0", "everyone", "viewer"],
    ["badges=;mod=0", "everyone", "viewer"],
    ["mod=0", "everyone", "viewer"],
  ])("%s", (tags, rank, standing) => {
    expect(toRank(tagsOf(tags))).toBe(rank);
    expect(toStanding(tagsOf(tags))).toBe(standing);
  });
});

describe("parseChatLine", () => {
  const tags = "id=m1;room-id=100;user-id=200;display-name=Alice;badges=;mod=0;tmi-sent-ts=1700000000000";
  const parse = (text: string, login = "alice") =>
    parseChatLine(
      { login, text: "hi", tags: tagsOf(text) },
      { botId: v.parse(UserId, "900"), arrivedAt: 5, wall: 7 },
    );

  test("says who said what, where and when", () => {
    expect(parse(tags)).toEqual({
      kind: "chat-message",
      id: "m1",
      channelId: "100",
      at: 1_700_000_000_000,
      arrivedAt: 5,
      text: "hi",
      user: { id: "200", login: "alice", displayName: "Alice" },
      rank: "everyone",
      isOwnVoice: false,
      isFromSharedChat: false,
    });
  });

  test.each([
    ["the bot's own voice", tags.replace("user-id=200", "user-id=900"), { isOwnVoice: true }],
    ["shared chat from elsewhere", `${tags};source-room-id=300`, { isFromSharedChat: true }],
    ["shared chat from here", `${tags};source-room-id=100`, { isFromSharedChat: false }],
    [
      "no display name",
      tags.replace("display-name=Alice", "display-name="),
      { user: { id: "200", login: "alice", displayName: "alice" } },
    ],
    ["no time: now", tags.replace("tmi-sent-ts=1700000000000", "tmi-sent-ts=soon"), { at: 7 }],
  ])("%s", (_what, changed, expected) => {
    expect(parse(changed)).toMatchObject(expected);
  });

  test.each([
    ["no id", tags.replace("id=m1;", "")],
    ["no room", tags.replace("room-id=100;", "")],
    ["a user that is no number", tags.replace("user-id=200", "user-id=x")],
    ["nothing", ""],
  ])("is no line of chat: %s", (_what, broken) => {
    expect(parse(broken)).toBeUndefined();
  });
});
