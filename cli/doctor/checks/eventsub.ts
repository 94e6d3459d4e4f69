import type { HubStatus } from "../../../shared/ipc/hub-control.ts";
import { type HelixSaid, makeHelixReader } from "../../auth/ask-helix.ts";
import { withAccounts } from "../../auth/auth-room.ts";
import { findTokensInUse } from "../../auth/configured-tokens.ts";
import type { Desk } from "../../verb.ts";
import { defineCheck, type Finding } from "../check.ts";
import { askHub, findRoom } from "../look-once.ts";

interface Budget {
  readonly total: number;
  readonly cost: number;
  readonly costMax: number;
}

/** Above this share of it, the next channel may not fit. */
const NEARLY_FULL = 0.9;

export default defineCheck({
  name: "eventsub",
  async run(desk) {
    const asked = await askHub(desk);
    if (asked.is === "answered") return judgeHub(asked.status);
    const said = await askTwitch(desk);
    if (!said) return [{ level: "ok", says: "not looked at without a login" }];
    return said.is === "said" ? [judgeBudget(said.value)] : [toUnknown(said.problem)];
  },
});

export function judgeHub(
  status: Pick<HubStatus, "eventsub" | "totals" | "subscriptions">,
): readonly Finding[] {
  const { eventsub, totals, subscriptions } = status;
  const missing = subscriptions.filter(({ state }) => state === "missing" || state === "refused").length;
  const isUp = eventsub.mode === "live" || eventsub.mode === "idle" || eventsub.mode === "moving";
  return [
    isUp
      ? { level: "ok", says: `${eventsub.transport}, ${eventsub.mode}` }
      : {
          level: "fail",
          says: `the connection is ${eventsub.mode}${eventsub.problem === undefined ? "" : `: ${eventsub.problem}`}`,
          fix: "hub_ctl status says more",
        },
    ...(totals
      ? [judgeBudget({ total: totals.total, cost: totals.totalCost, costMax: totals.maxTotalCost })]
      : []),
    ...(missing > 0
      ? [
          {
            level: "warn" as const,
            says: `${missing} of ${subscriptions.length} subscriptions are missing or refused`,
            fix: "hub_ctl subscriptions --status refused says why",
          },
        ]
      : []),
  ];
}

export function judgeBudget({ total, cost, costMax }: Budget): Finding {
  const says = `${total} subscriptions, cost ${cost} of ${costMax}`;
  return costMax > 0 && cost >= costMax * NEARLY_FULL
    ? {
        level: "warn",
        says,
        fix: "let broadcasters authorise the application (auth login --link --channel NAME), or give twitch.client_secret",
      }
    : { level: "ok", says };
}

const toUnknown = (problem: string): Finding => ({
  level: "warn",
  says: `Twitch could not be asked for the subscriptions (${problem})`,
  fix: "run doctor again; ./kissbot.sh auth status says whether the login is good",
});

async function askTwitch(desk: Desk): Promise<HelixSaid<Budget> | undefined> {
  const room = await findRoom(desk);
  if (!room) return undefined;
  const { urls, client_id: clientId, bot_login: login } = room.config.twitch;
  const accessToken = await withAccounts(desk, async (accounts) => {
    const inUse = accounts && findTokensInUse(accounts, room.config, { login, tokenType: "bot" });
    return inUse?.is === "found" ? inUse.tokens.accessToken : undefined;
  }).catch(() => undefined);
  if (accessToken === undefined) return undefined;
  return makeHelixReader({ baseUrl: urls.helix, clientId, accessToken }).subscriptionTotals();
}
