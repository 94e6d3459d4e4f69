/** The configuration of a house that talks to a simulator instead of Twitch. Pure. */
import { stringify } from "yaml";
import type { SimAddress } from "./sim-process.ts";

/** The application and the bot's tokens, as a scenario fixes them. */
export interface TrialAccount {
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly botLogin: string;
  readonly botIsVerified?: boolean;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** As in config.yaml under twitch.eventsub. */
  readonly eventsub?: Readonly<Record<string, unknown>>;
  /** As in config.yaml under twitch.chat. */
  readonly chat?: Readonly<Record<string, unknown>>;
}

export function toTrialConfig(
  account: TrialAccount,
  channels: readonly (string | { readonly name: string })[],
  sim: Pick<SimAddress, "port">,
  modules: Readonly<Record<string, object>> = {},
  /** Further sections of the configuration. */
  more: Readonly<Record<string, object>> = {},
): string {
  return stringify({
    twitch: {
      client_id: account.clientId,
      ...(account.clientSecret === undefined ? {} : { client_secret: account.clientSecret }),
      bot_login: account.botLogin,
      bot_is_verified: account.botIsVerified ?? false,
      tokens: {
        [account.botLogin]: { access_token: account.accessToken, refresh_token: account.refreshToken },
      },
      channels,
      ...(account.eventsub === undefined ? {} : { eventsub: account.eventsub }),
      ...(account.chat === undefined ? {} : { chat: account.chat }),
      urls: {
        helix: `http://127.0.0.1:${sim.port}/helix`,
        id: `http://127.0.0.1:${sim.port}/oauth2`,
        eventsub: `ws://127.0.0.1:${sim.port}/ws`,
        chat: `ws://127.0.0.1:${sim.port}/irc`,
      },
    },
    // Whoever asks about a game in a trial asks the simulator, never the services themselves.
    games: {
      steam: { url: `http://127.0.0.1:${sim.port}/steam` },
      rawg: { url: `http://127.0.0.1:${sim.port}/rawg`, key: "trial-rawg-key" },
      igdb: { url: `http://127.0.0.1:${sim.port}/igdb` },
    },
    modules,
    // Nothing on trial asks anybody on the Internet.
    quantum: { music: { url: `http://127.0.0.1:${sim.port}/musicbrainz/ws/2` } },
    // Houses on trial stand side by side.
    monitor: { port: 0 },
    ...more,
  });
}
