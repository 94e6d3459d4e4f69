import { describe, expect, test } from "vitest";
import { parseTypedLine } from "./typed-line.ts";

const demo = { channels: ["alice_live", "bob_plays"], botLogin: "kissbot" };

describe("parseTypedLine", () => {
  test.each([
    ["#alice_live carol: !ping", "alice_live", "carol", "!ping"],
    ["  #Bob_Plays   Carol:hello: there ", "bob_plays", "carol", "hello: there"],
    ["#alice_live @carol : hi #bob_plays", "alice_live", "carol", "hi #bob_plays"],
  ])("%s", (typed, channel, user, text) => {
    expect(parseTypedLine(typed, demo)).toEqual({ is: "chat", channel, user, text });
  });

  test.each(["", "   ", "\t"])("an empty line (%j) says nothing", (typed) => {
    expect(parseTypedLine(typed, demo)).toEqual({ is: "empty" });
  });

  test.each([
    ["!ping", "write #channel viewer: text, such as #alice_live carol: !ping"],
    ["#alice_live !ping", "write #channel viewer: text, such as #alice_live carol: !ping"],
    ["#eve carol: hi", "there is no #eve; there are #alice_live and #bob_plays"],
    ["#alice_live c@rol: hi", '"c@rol" can\'t be a Twitch name: 1 to 25 letters, digits and _'],
    ["#alice_live KissBot: hi", "KissBot is the bot itself; take another name"],
    ["#alice_live carol:", "what does carol say? #alice_live carol: !ping"],
  ])("%s is explained", (typed, because) => {
    expect(parseTypedLine(typed, demo)).toEqual({ is: "unclear", because });
  });
});
