import * as v from "valibot";
import type { Sim } from "../../sim/server.ts";
import { APPLICATION, TOWN_BOT } from "./eventsub-town.ts";

const Page = v.object({
  data: v.array(
    v.object({
      type: v.string(),
      status: v.string(),
      condition: v.object({ broadcaster_user_id: v.string() }),
      transport: v.object({ session_id: v.string() }),
    }),
  ),
  pagination: v.object({ cursor: v.optional(v.string()) }),
});
export type SubscriptionAtTwitch = v.InferOutput<typeof Page>["data"][number];

/** All that Twitch lists of the bot's WebSockets, asked with the token that is good now. */
export async function listSubscriptions(sim: Sim): Promise<readonly SubscriptionAtTwitch[]> {
  const { world } = sim;
  const bot = world.getUser(TOWN_BOT.login);
  const isGood = (token: { userId: string | undefined; expiresAt: number }) =>
    token.userId === bot.id && token.expiresAt > world.clock.now();
  const good = [...world.tokens.values()].find(isGood);
  if (!good) throw new Error("the bot has no good token");
  const rows: SubscriptionAtTwitch[] = [];
  for (let after = ""; ; ) {
    const response = await fetch(`http://127.0.0.1:${sim.port}/helix/eventsub/subscriptions?after=${after}`, {
      headers: { authorization: `Bearer ${good.accessToken}`, "client-id": APPLICATION.clientId },
    });
    const page = v.parse(Page, await response.json());
    rows.push(...page.data);
    if (page.pagination.cursor === undefined) return rows;
    after = page.pagination.cursor;
  }
}
