/** What config.sample.yaml shows in the place of secrets: nobody's, and a house that starts with them asks Twitch in vain. Pure. */
import type { Config } from "../config.ts";

export const PLACEHOLDERS = {
  clientId: "your-client-id",
  clientSecret: "your-client-secret",
  botLogin: "your_bot",
  accessToken: "your-access-token",
  refreshToken: "your-refresh-token",
} as const;

/** What an operator is to do, in one line; undefined: they have filled it in. `isDatabaseOnly`: twitch.tokens counts for nothing. */
export function describePlaceholders(
  { twitch }: Pick<Config, "twitch">,
  isDatabaseOnly: boolean,
): string | undefined {
  const { clientId, clientSecret, botLogin, accessToken, refreshToken } = PLACEHOLDERS;
  const isTokenSample = Object.values(isDatabaseOnly ? {} : (twitch.tokens ?? {})).some(
    (one) => one.access_token === accessToken || one.refresh_token === refreshToken,
  );
  const keys = [
    ...(twitch.client_id === clientId ? ["client_id"] : []),
    ...(twitch.client_secret === clientSecret ? ["client_secret"] : []),
  ];
  if (keys.length === 0 && !isTokenSample) return undefined;
  // A login of this name may exist; beside the sample's secrets it is the sample's.
  if (twitch.bot_login === botLogin) keys.push("bot_login");
  const steps = [
    ...(keys.length > 0 ? [`put your own ${listed(keys)} there`] : []),
    ...(isTokenSample ? ["delete twitch.tokens"] : []),
    "then type ./kissbot.sh auth login --bot",
  ];
  return `this is still the sample's: ${steps.join(", ")} (docs/login.md)`;
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
