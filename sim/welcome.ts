/** What the process says when it is up: where everything is, and how to point a bot at it. Pure. */
import type { Sim } from "./server.ts";
import type { Token, World } from "./world/world.ts";

export function toWelcome({ httpUrl, port, ircPort, world, tokens, script }: Sim): readonly string[] {
  const { steps, is } = script.state();
  return [
    `Twitch simulator on ${httpUrl}`,
    "",
    "  instead of Twitch's                          use",
    `  https://api.twitch.tv/helix                  ${httpUrl}/helix`,
    `  https://id.twitch.tv/oauth2                  ${httpUrl}/oauth2`,
    `  wss://eventsub.wss.twitch.tv/ws              ws://localhost:${port}/ws`,
    `  wss://irc-ws.chat.twitch.tv                  ws://localhost:${port}/irc`,
    `  irc://irc.chat.twitch.tv:6667                irc://127.0.0.1:${ircPort}`,
    "",
    `  twurple: set TWURPLE_MOCK_API_PORT=${port}, and new ChatClient({ ssl: false, hostName: "127.0.0.1:${port}/irc", ... })`,
    `  move things: curl -X POST ${httpUrl}/sim/chat -d '{"channel":"...","user":"...","text":"!ping"}'`,
    `  watch: curl -N ${httpUrl}/sim/feed        look: curl ${httpUrl}/sim/state`,
    ...(steps > 0 && is === "not-started"
      ? [`  play the scenario's script: curl -X POST ${httpUrl}/sim/script/start`]
      : []),
    "",
    ...toApplicationLines(world),
    ...tokens.flatMap((token) => toTokenLines(world, token)),
  ];
}

function toApplicationLines(world: World): readonly string[] {
  return [...world.applications.values()].map(
    ({ clientId, clientSecret }) =>
      `  client id ${clientId}, secret ${clientSecret ?? "none (public client)"}`,
  );
}

function toTokenLines(world: World, token: Token): readonly string[] {
  if (token.userId === undefined) return [`  app token of ${token.clientId}: ${token.accessToken}`];
  const { login, id } = world.getUser(token.userId);
  const refresh = token.refreshToken === undefined ? "" : `, refresh ${token.refreshToken}`;
  return [`  token of ${login} (id ${id}): ${token.accessToken}${refresh}`];
}
