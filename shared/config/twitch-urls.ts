/** Twitch's own addresses. The simulator, or a proxy, is reached by other addresses here and in no other way. */
export const TWITCH_URLS = {
  helix: "https://api.twitch.tv/helix",
  id: "https://id.twitch.tv/oauth2",
  eventsub: "wss://eventsub.wss.twitch.tv/ws",
  chat: "wss://irc-ws.chat.twitch.tv",
} as const;
