/** What a test asks of the simulated Twitch itself, past the hub: as another installation of the same application would. */
import { once } from "node:events";
import * as v from "valibot";
import WebSocket from "ws";
import type { Sim } from "../../sim/server.ts";
import { APPLICATION, TOWN_BOT } from "./eventsub-town.ts";

const Row = v.object({
  id: v.string(),
  type: v.string(),
  status: v.string(),
  transport: v.object({
    method: v.string(),
    session_id: v.optional(v.string()),
    conduit_id: v.optional(v.string()),
  }),
});
const Rows = v.object({ data: v.array(Row), pagination: v.object({ cursor: v.optional(v.string()) }) });
export type TwitchRow = v.InferOutput<typeof Row>;
const Conduits = v.object({ data: v.array(v.object({ id: v.string(), shard_count: v.number() })) });
const Token = v.object({ access_token: v.string() });
const Welcome = v.object({ payload: v.object({ session: v.object({ id: v.string() }) }) });

export function askTwitch(sim: Sim) {
  const url = `http://127.0.0.1:${sim.port}`;
  const appToken = async () => {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: APPLICATION.clientId,
      client_secret: APPLICATION.clientSecret,
    });
    const response = await fetch(`${url}/oauth2/token`, { method: "POST", body: form });
    return v.parse(Token, await response.json()).access_token;
  };
  const call = async (token: string, method: string, path: string, body?: object) => {
    const response = await fetch(`${url}/helix${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        "client-id": APPLICATION.clientId,
        "content-type": "application/json",
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return response.status === 204 ? undefined : await response.json();
  };
  const list = async (token: string) => {
    const rows: TwitchRow[] = [];
    for (let after = ""; ; ) {
      const page = v.parse(Rows, await call(token, "GET", `/eventsub/subscriptions?after=${after}`));
      rows.push(...page.data);
      if (page.pagination.cursor === undefined) return rows;
      after = page.pagination.cursor;
    }
  };
  return {
    /** Everything that is subscribed to with the bot's token. */
    ofTheBot: () => list(TOWN_BOT.accessToken),
    ofTheApplication: async () => list(await appToken()),
    conduits: async () => v.parse(Conduits, await call(await appToken(), "GET", "/eventsub/conduits")).data,
    async makeConduit() {
      const made = await call(await appToken(), "POST", "/eventsub/conduits", { shard_count: 1 });
      return v.parse(Conduits, made).data[0]?.id ?? "";
    },
    /** On a conduit of anybody's. */
    subscribeOn: async (conduitId: string, type: string, version: string, condition: object) =>
      call(await appToken(), "POST", "/eventsub/subscriptions", {
        type,
        version,
        condition,
        transport: { method: "conduit", conduit_id: conduitId },
      }),
    removeConduit: async (id: string) => call(await appToken(), "DELETE", `/eventsub/conduits?id=${id}`),
    /** A session of another installation with this bot's token, with a subscription for each of these channels. */
    async openStranger(channels: readonly string[]) {
      const socket = new WebSocket(`ws://127.0.0.1:${sim.port}/ws`);
      const [text] = await once(socket, "message");
      const { id } = v.parse(v.pipe(v.string(), v.parseJson(), Welcome), String(text)).payload.session;
      for (const channel of channels)
        await call(TOWN_BOT.accessToken, "POST", "/eventsub/subscriptions", {
          type: "stream.online",
          version: "1",
          condition: { broadcaster_user_id: sim.world.getUser(channel).id },
          transport: { method: "websocket", session_id: id },
        });
      return {
        id,
        async close() {
          socket.close();
          await once(socket, "close");
        },
      };
    },
  };
}
