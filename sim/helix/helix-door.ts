/** api.twitch.tv/helix: every endpoint behind the same gates, every refusal in Twitch's body. */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { FaultDesk } from "../fault-desk.ts";
import type { World } from "../world/world.ts";
import { postAnnouncements } from "./announcements.ts";
import { checkToken, requireToken } from "./auth.ts";
import { deleteBans, postBans } from "./bans.ts";
import { getChannels, patchChannels } from "./channels.ts";
import { getChatColor } from "./chat-color.ts";
import { postChatMessages } from "./chat-messages.ts";
import { getChatSettings, patchChatSettings } from "./chat-settings.ts";
import { getChatters } from "./chatters.ts";
import type { HelixEnv } from "./context.ts";
import { deleteChat } from "./delete-chat.ts";
import type { HelixEndpoint } from "./endpoint.ts";
import { passFaults } from "./fault-gate.ts";
import { getFollowers } from "./followers.ts";
import { getGames, searchCategories } from "./games.ts";
import { getModeratedChannels, getModerators } from "./moderators.ts";
import { chargePoints, showPoints } from "./points-gate.ts";
import { HelixRefusal, toErrorBody } from "./refusal.ts";
import { makePostShoutouts } from "./shoutouts.ts";
import { getStreams } from "./streams.ts";
import { getUsers } from "./users.ts";

const BODY_BYTES_MAX = 100 * 1024;

export function makeHelixRoutes(using: {
  readonly world: World;
  readonly faults: FaultDesk;
  /** The EventSub door's /eventsub/* routes; they run behind the same gates. */
  readonly eventSubRoutes: Hono<HelixEnv>;
  readonly log?: ((line: string) => void) | undefined;
}): Hono<HelixEnv> {
  const { world, faults, eventSubRoutes, log } = using;
  const app = new Hono<HelixEnv>();
  const auth = requireToken(world);
  const points = chargePoints(world);

  app.use("*", showPoints(world), passFaults(world, faults));
  app.use("*", bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (c) => c.json(toErrorBody(413, ""), 413) }));
  for (const endpoint of allEndpoints()) {
    app.on(endpoint.method, endpoint.path, auth, points, (c) => runEndpoint(world, endpoint, c));
  }
  app.use("/eventsub/*", auth, points);
  app.route("/", eventSubRoutes);
  app.notFound((c) => c.json(toErrorBody(404, ""), 404));
  app.onError((error, c) => {
    if (error instanceof HelixRefusal) return c.json(toErrorBody(error.status, error.message), error.status);
    log?.(`helix ${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    return c.json(toErrorBody(500, ""), 500);
  });
  return app;
}

function allEndpoints(): readonly HelixEndpoint[] {
  return [
    getUsers,
    getStreams,
    getChannels,
    patchChannels,
    getFollowers,
    postChatMessages,
    getChatters,
    getChatSettings,
    patchChatSettings,
    getChatColor,
    postAnnouncements,
    makePostShoutouts(),
    getModerators,
    getModeratedChannels,
    postBans,
    deleteBans,
    deleteChat,
    getGames,
    searchCategories,
  ];
}

async function runEndpoint(world: World, endpoint: HelixEndpoint, c: Context<HelixEnv>): Promise<Response> {
  const token = c.get("token");
  checkToken(token, endpoint);
  const answer = endpoint.answer({
    world,
    token,
    application: c.get("application"),
    caller: token.userId === undefined ? undefined : world.users.get(token.userId),
    query: new URL(c.req.url).searchParams,
    body: await readJson(c.req.raw),
  });
  return answer.status === 204 ? c.body(null, 204) : c.json(answer.body, answer.status);
}

/** No body and broken JSON are the same to Helix: then the required fields are missing. */
async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}
