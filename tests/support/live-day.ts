/** 24 hours of a hub at the simulated Twitch, which moves its session, lets its tokens run out and tells things twice. */
import type { Millis } from "../../shared/clock.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { livePart } from "./busy-day.ts";
import { type DayFacts, HOURS, TOLD_TWICE_AN_HOUR } from "./day-facts.ts";
import { APPLICATION, makeTownScenario, TOWN_BOT, townChannels } from "./eventsub-town.ts";
import { heapBytes } from "./heap-bytes.ts";
import { type HubOfADay, openHubOfADay } from "./hub-of-a-day.ts";
import { listSubscriptions } from "./subscriptions-at-twitch.ts";

const MINUTE_MS: Millis = 60_000;
const PART_MS = 10 * MINUTE_MS;
const PARTS_AN_HOUR = 6;
const WARM_AFTER_HOURS = 6;
/** In the middle of every fourth hour from the third on: MOVED times. */
const MOVES = { every: 4, first: 2, part: 3 } as const;

const towns = townChannels(9);
const channels = [...towns, TOWN_BOT.login];
const ofAnybody: readonly Topic[] = ["stream.online", "stream.offline", "channel.update", "channel.follow"];
/** Over a WebSocket the bot hears of subscribers in its own channel only. */
const ofItself: readonly Topic[] = [...ofAnybody, "channel.subscribe"];
const topicsOf = (login: string) => (login === TOWN_BOT.login ? ofItself : ofAnybody);

const { clientId } = APPLICATION;
const { login: user, accessToken, refreshToken } = TOWN_BOT;
const scopes = ["user:read:chat", "user:bot", "moderator:read:followers", "channel:read:subscriptions"];
const scenario = {
  ...makeTownScenario(towns.length),
  tokens: [{ accessToken, refreshToken, clientId, user, scopes }],
};

export async function liveDay(): Promise<DayFacts> {
  const day = await openHubOfADay({ scenario, channels, topicsOf, transport: "websocket" });
  const { time } = day;
  let warm = { heap: 0, timers: 0 };
  await time.advance(MINUTE_MS);
  for (let hour = 0; hour < HOURS; hour += 1) {
    await liveHour(day, hour);
    if (hour + 1 === WARM_AFTER_HOURS) warm = { heap: await heapBytes(), timers: time.pending() };
  }
  const heapGrowth = (await heapBytes()) - warm.heap;
  const end = time.pending();
  const facts = await gatherFacts(day);
  await day.close();
  return { ...facts, heapGrowth, timers: { warm: warm.timers, end, closed: time.pending() } };
}

async function liveHour({ sim, time }: HubOfADay, hour: number): Promise<void> {
  const newId = hour % 2 === 0;
  sim.faults.apply({ do: "duplicate", place: "eventsub", times: 2, count: TOLD_TWICE_AN_HOUR, newId });
  for (let part = 0; part < PARTS_AN_HOUR; part += 1) {
    if (part === MOVES.part && hour % MOVES.every === MOVES.first)
      sim.faults.apply({ do: "send-reconnect", place: "eventsub" });
    livePart(sim.world, channels, hour * PARTS_AN_HOUR + part);
    await time.advance(PART_MS);
  }
}

async function gatherFacts(day: HubOfADay): Promise<Omit<DayFacts, "heapGrowth" | "timers">> {
  const { sim, books, asked, simLogged } = day;
  const wanted = channels.flatMap((login) =>
    topicsOf(login).map((topic) => `${topic} ${sim.world.getUser(login).id}`),
  );
  const counted = {
    refreshes: asked.count("POST /oauth2/token"),
    validations: asked.count("GET /oauth2/validate"),
    unprovedMs: day.unprovedMs(),
    creates: asked.count("POST /helix/eventsub/subscriptions"),
    deletes: asked.count("DELETE /helix/eventsub/subscriptions"),
  };
  const listed = await listSubscriptions(sim);
  return {
    ...counted,
    refused: [...asked.refused],
    wanted: wanted.sort(),
    listed: listed.map((one) => `${one.type} ${one.condition.broadcaster_user_id}`).sort(),
    places: [...new Set(listed.map((one) => `${one.status} ${one.transport.session_id}`))],
    moves: {
      asked: simLogged("moving, asked to reconnect"),
      done: simLogged("the client came back"),
      over: simLogged("→ over"),
    },
    happened: books.happened(),
    heard: books.heard(),
    missing: [...books.missing()],
    wrong: [...books.wrong],
    status: await day.status(),
    troubles: [...day.troubles],
    complaints: [...day.complaints()],
  };
}
