/** What the live feed tells about each happening: one flat object with names in it, easy to read and to wait for. Pure. */
import type { Happening } from "../world/happening.ts";

export type FeedEntry = { readonly kind: string; readonly at: string } & Readonly<Record<string, unknown>>;

export function toFeedEntry(happening: Happening, now: number): FeedEntry {
  // A happening's own instant, where it has one, is the same moment.
  return { ...toDetails(happening), kind: happening.kind, at: new Date(now).toISOString() };
}

function toDetails(happening: Happening): Record<string, unknown> {
  switch (happening.kind) {
    case "chat-message": {
      const { line } = happening;
      return {
        channel: happening.channel.owner.login,
        user: line.user.login,
        text: line.text,
        id: line.id,
        ...(line.replyTo ? { replyTo: line.replyTo.id } : {}),
        ...(line.bits > 0 ? { bits: line.bits } : {}),
        ...(line.isAction ? { isAction: true } : {}),
        hasBotBadge: line.hasBotBadge,
      };
    }
    case "message-deleted":
      return {
        channel: happening.channel.owner.login,
        id: happening.line.id,
        user: happening.line.user.login,
        by: happening.by.login,
      };
    case "raided":
      return {
        channel: happening.to.owner.login,
        from: happening.from.owner.login,
        viewers: happening.viewers,
      };
    case "shouted-out":
      return { channel: happening.from.owner.login, to: happening.to.owner.login, by: happening.by.login };
    case "redeemed": {
      const { redemption } = happening;
      return {
        channel: happening.channel.owner.login,
        user: redemption.user.login,
        reward: redemption.rewardTitle,
        input: redemption.input,
      };
    }
    case "gifted":
      return {
        channel: happening.channel.owner.login,
        user: happening.by?.login ?? null,
        to: happening.to.map((user) => user.login),
        tier: happening.tier,
      };
    case "stream-online":
      return {
        channel: happening.channel.owner.login,
        streamId: happening.stream.id,
        title: happening.channel.title,
        game: happening.channel.gameName,
      };
    case "channel-updated":
      return {
        channel: happening.channel.owner.login,
        title: happening.channel.title,
        game: happening.channel.gameName,
      };
    case "authorization-granted":
    case "authorization-revoked":
      return { user: happening.user.login, clientId: happening.clientId };
    case "token-expired":
      return { accessToken: happening.accessToken };
    default:
      return toPlainDetails(happening);
  }
}

/** The rest hold a channel, perhaps people, and plain values: people become logins, plain values stay. */
function toPlainDetails({
  kind: _kind,
  channel,
  ...more
}: Happening & { readonly channel: { readonly owner: { readonly login: string } } }): Record<
  string,
  unknown
> {
  const details = Object.entries(more).flatMap(([key, value]: [string, unknown]): [string, unknown][] => {
    if (value !== null && typeof value === "object") return "login" in value ? [[key, value.login]] : [];
    return [[key, value ?? null]];
  });
  return { channel: channel.owner.login, ...Object.fromEntries(details) };
}
