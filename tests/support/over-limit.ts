/** What the simulated Twitch has refused the bot without a word. */
import * as v from "valibot";
import { BOT, type TrialHouse } from "./trial-house.ts";

const SimState = v.object({
  users: v.array(
    v.object({
      login: v.string(),
      overLimit: v.object({ messages: v.number(), joins: v.number(), auths: v.number() }),
    }),
  ),
});

export const NOTHING_OVER_LIMIT = { messages: 0, joins: 0, auths: 0 };

export async function findOverLimit(house: Pick<TrialHouse, "sim">) {
  const response = await fetch(`http://127.0.0.1:${house.sim.address.port}/sim/state`);
  const { users } = v.parse(SimState, await response.json());
  return users.find(({ login }) => login === BOT)?.overLimit;
}
