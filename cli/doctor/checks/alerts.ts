import { lookup } from "node:dns/promises";
import type { Alerts } from "../../../shared/config/alerts.ts";
import { isPrivateAddress } from "../../../shared/private-address.ts";
import { defineCheck, type Finding } from "../check.ts";
import { findRoom } from "../look-once.ts";

export default defineCheck({
  name: "alerts",
  async run(desk) {
    const room = await findRoom(desk);
    if (!room) return [{ level: "ok", says: "not looked at without a configuration" }];
    const { webhook } = room.config.alerts;
    if (webhook === undefined)
      return [
        { level: "ok", says: "none: whoever wants to be told when the login dies sets alerts.webhook" },
      ];
    const url = new URL(webhook);
    const addresses = await lookup(url.hostname.replace(/^\[|\]$/g, ""), { all: true }).catch(() => []);
    return [
      judgeWebhook(
        url,
        addresses.map(({ address }) => address),
        room.config.alerts,
      ),
    ];
  },
});

/** Nothing is posted: the check would be an alert itself. The address is not said: it is the password. */
export function judgeWebhook(
  { protocol }: Pick<URL, "protocol">,
  addresses: readonly string[],
  { allow_private: mayBePrivate }: Pick<Alerts, "allow_private">,
): Finding {
  const fix = "mend alerts in config/config.yaml";
  if (addresses.length === 0) return { level: "warn", says: "the webhook's host has no address", fix };
  const isPrivate = addresses.some(isPrivateAddress);
  if (isPrivate && !mayBePrivate)
    return {
      level: "warn",
      says: "the webhook is in a private network, which alerts.allow_private: true allows",
      fix,
    };
  if (protocol !== "https:" && !mayBePrivate)
    return { level: "warn", says: "the webhook is not https: it is not used", fix };
  return { level: "ok", says: "the webhook's host has an address" };
}
