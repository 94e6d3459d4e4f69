import { expect, test } from "vitest";
import { toChatAddress } from "./chat-address.ts";

test.each([
  [
    "wss://irc-ws.chat.twitch.tv",
    { hostName: "irc-ws.chat.twitch.tv", ssl: true },
    "wss://irc-ws.chat.twitch.tv:443",
  ],
  [
    "wss://irc-ws.chat.twitch.tv/",
    { hostName: "irc-ws.chat.twitch.tv", ssl: true },
    "wss://irc-ws.chat.twitch.tv:443",
  ],
  ["ws://127.0.0.1:7878/irc", { hostName: "127.0.0.1:7878/irc", ssl: false }, "ws://127.0.0.1:7878/irc:80"],
  ["ws://127.0.0.1:7878", { hostName: "127.0.0.1:7878/", ssl: false }, "ws://127.0.0.1:7878/:80"],
  ["ws://[::1]:7878/irc/", { hostName: "[::1]:7878/irc", ssl: false }, "ws://[::1]:7878/irc:80"],
  ["wss://proxy.example/chat", { hostName: "proxy.example/chat", ssl: true }, "wss://proxy.example/chat:443"],
])("%s", (url, address, dialled) => {
  expect(toChatAddress(url)).toEqual(address);
  // What ChatClient makes of it.
  const asTwurple = `ws${address.ssl ? "s" : ""}://${address.hostName}:${address.ssl ? 443 : 80}`;
  expect(asTwurple).toBe(dialled);
  expect(new URL(asTwurple).host).toBe(new URL(url).host);
});
