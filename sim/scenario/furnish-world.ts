/** Puts a scenario's people, channels, applications and tokens into a fresh world, before any door listens. */
import { issueAppToken, issueUserToken } from "../id/issue-token.ts";
import { changeChatSettings, goLive, updateChannel } from "../world/operations.ts";
import type { Channel, Token, World } from "../world/world.ts";
import type { Scenario } from "./scenario.ts";

type ChannelEntry = Scenario["channels"][number];
type TokenEntry = Scenario["tokens"][number];

/** The tokens it made, in the order of the file. */
export function furnishWorld(world: World, scenario: Scenario): readonly Token[] {
  for (const application of scenario.applications) {
    const { clientId, clientSecret, redirectUris } = application;
    world.applications.set(clientId, {
      clientId,
      clientSecret,
      name: application.name ?? clientId,
      redirectUris,
    });
  }
  for (const { verifiedBot, ...user } of scenario.users) {
    world.addUser({ ...withoutUndefined(user), login: user.login, isVerifiedBot: verifiedBot ?? false });
  }
  for (const entry of scenario.channels) world.addUser({ login: entry.login });
  for (const entry of scenario.channels) furnishChannel(world, world.getChannel(entry.login), entry);
  for (const grant of scenario.grants)
    world.grant(grant.clientId, world.getUser(grant.user).id, grant.scopes);
  return scenario.tokens.map((entry) => addToken(world, entry));
}

function furnishChannel(world: World, channel: Channel, entry: ChannelEntry): void {
  const idOf = (login: string) => world.addUser({ login }).id;
  const now = world.clock.now();
  updateChannel(world, channel, entry);
  for (const login of entry.moderators) channel.moderators.add(idOf(login));
  for (const login of entry.vips) channel.vips.add(idOf(login));
  for (const login of entry.followers) channel.followers.set(idOf(login), now - FOLLOWED_AGO_MS);
  for (const { login, tier, months } of entry.subscribers)
    channel.subscribers.set(idOf(login), { tier: `${tier}000`, months });
  for (const login of entry.chatters) channel.chatters.set(idOf(login), 1);
  for (const login of entry.banned) channel.banned.set(idOf(login), undefined);
  if (entry.settings) {
    const { followersOnlyMinutes, ...settings } = entry.settings;
    changeChatSettings(world, channel, {
      ...withoutUndefined(settings),
      ...(followersOnlyMinutes === undefined
        ? {}
        : { followersOnlyMinutes: followersOnlyMinutes ?? undefined }),
    });
  }
  if (entry.live) {
    const live = entry.live === true ? {} : entry.live;
    goLive(world, channel, { viewers: live.viewers });
    if (channel.stream) channel.stream = { ...channel.stream, startedAt: now - (live.since ?? 0) };
  }
}

/** Long enough for any followers-only mode a scenario is likely to switch on. */
const FOLLOWED_AGO_MS = 120 * 86_400_000;

/** A token issued the usual way, then given the fixed texts the file asks for. */
function addToken(world: World, entry: TokenEntry): Token {
  const lifetime = entry.lifetime === undefined ? {} : { lifetimeSeconds: entry.lifetime / 1000 };
  const issued =
    entry.user === undefined
      ? issueAppToken(world, { clientId: entry.clientId, ...lifetime })
      : issueUserToken(world, {
          clientId: entry.clientId,
          userId: world.getUser(entry.user).id,
          scopes: entry.scopes,
          ...lifetime,
        });
  if (entry.accessToken === undefined && entry.refreshToken === undefined) return issued;
  const token: Token = {
    ...issued,
    accessToken: entry.accessToken ?? issued.accessToken,
    refreshToken: issued.kind === "app" ? undefined : (entry.refreshToken ?? issued.refreshToken),
  };
  world.tokens.delete(issued.accessToken);
  world.tokens.set(token.accessToken, token);
  return token;
}

type Defined<Given> = { [Key in keyof Given]?: Exclude<Given[Key], undefined> };

function withoutUndefined<Given extends object>(given: Given): Defined<Given> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Defined<Given>;
}
