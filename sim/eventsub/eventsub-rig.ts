/**
 * For tests: an EventSub door behind a real HTTP server, and clients on real sockets. Simulated time stands still
 * until a test advances it, so what is sent is exactly what the test caused.
 */
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { type ClientOptions, WebSocket, WebSocketServer } from "ws";
import { startSimClock } from "../clock.ts";
import { makeFaultDesk } from "../fault-desk.ts";
import type { HelixEnv } from "../helix/context.ts";
import { issueAppToken, issueUserToken } from "../id/issue-token.ts";
import { makeRandom } from "../random.ts";
import { goLive, goOffline } from "../world/operations.ts";
import { makeWorld, type Token } from "../world/world.ts";
import { openEventSubDoor } from "./eventsub-door.ts";

const START_AT = 1_700_000_000_000;
const ALL_BUT_FROZEN = 1e-6;

export const BOT_SCOPES = ["user:read:chat", "moderator:read:followers", "user:bot"];

interface SubscriptionRow {
  readonly id: string;
  readonly status: string;
  readonly type: string;
  readonly cost: number;
  readonly transport: object;
}

/** What tests look at; that everything else is as documented, shapes check. */
export interface Message {
  readonly metadata: {
    readonly message_id: string;
    readonly message_type: string;
    readonly message_timestamp: string;
    readonly subscription_type: string;
  };
  readonly payload: {
    readonly session: { readonly id: string; readonly reconnect_url: string };
    readonly subscription: SubscriptionRow;
    readonly event: { readonly id: string };
  };
  /** Set when the frame was no JSON, or no text. */
  readonly broken?: "text" | "binary";
}

interface ApiBody {
  readonly message: string;
  readonly data: readonly (SubscriptionRow & { readonly shard_count: number })[];
  readonly errors: readonly object[];
  readonly total: number;
  readonly total_cost: number;
  readonly pagination: { readonly cursor?: string };
}

export type Rig = Awaited<ReturnType<typeof openRig>>;
export type Client = ReturnType<typeof toClient>;

export async function openRig(using: { readonly pongWithinRealMs?: number } = {}) {
  const clock = startSimClock({ startAt: START_AT, speed: ALL_BUT_FROZEN });
  const world = makeWorld({ clock, random: makeRandom(11) });
  world.applications.set("app", { clientId: "app", clientSecret: "s", name: "App", redirectUris: [] });
  for (const login of ["bot", "home", "den", "ann"]) world.addUser({ login });
  world.getChannel("home").moderators.add(world.getUser("bot").id);
  const faults = makeFaultDesk();
  const logged = new EventEmitter();
  let port = 0;
  const door = openEventSubDoor({
    world,
    faults,
    baseUrl: () => `ws://127.0.0.1:${port}`,
    log: (line) => logged.emit("line", line),
    ...using,
  });

  const app = new Hono<HelixEnv>();
  app.use(async (c, next): Promise<Response | undefined> => {
    const token = world.tokens.get((c.req.header("authorization") ?? "").replace("Bearer ", ""));
    const application = world.applications.get(token?.clientId ?? "");
    if (!token || !application)
      return c.json({ error: "Unauthorized", status: 401, message: "Invalid OAuth token" }, 401);
    c.set("token", token);
    c.set("application", application);
    await next();
    // twurple's client waits for ever without them.
    c.header("Ratelimit-Limit", "800");
    c.header("Ratelimit-Remaining", "799");
    c.header("Ratelimit-Reset", String(Math.ceil(Date.now() / 1000)));
    return undefined;
  });
  app.route("/", door.routes);
  app.route("/mock", door.routes);
  const server = createServer(getRequestListener(app.fetch));
  const upgrades = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    upgrades.handleUpgrade(request, socket, head, (accepted) => {
      door.acceptWebSocket(accepted, new URL(request.url ?? "/", "ws://127.0.0.1"));
    });
  });
  server.listen(0);
  await once(server, "listening");
  const address = server.address();
  port = typeof address === "object" && address ? address.port : 0;

  const clients: WebSocket[] = [];
  const dial = (url = "/ws", options: ClientOptions = {}) => {
    const socket = new WebSocket(url.startsWith("ws") ? url : `ws://127.0.0.1:${port}${url}`, options);
    clients.push(socket);
    return toClient(socket);
  };
  const bot = issueUserToken(world, { clientId: "app", userId: world.getUser("bot").id, scopes: BOT_SCOPES });
  const appToken = issueAppToken(world, { clientId: "app" });

  const call = async (method: string, path: string, token: Token, body?: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token.accessToken}`,
        "client-id": token.clientId,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === "" ? undefined : JSON.parse(text)) as ApiBody };
  };

  const id = (login: string) => world.getUser(login).id;
  const about = (login: string) => ({ broadcaster_user_id: id(login) });
  /** Subscribes on a websocket session. */
  const subscribe = (
    sessionId: string,
    type: string,
    condition: object,
    more: { version?: string; token?: Token } = {},
  ) =>
    call("POST", "/eventsub/subscriptions", more.token ?? bot, {
      type,
      version: more.version ?? "1",
      condition,
      transport: { method: "websocket", session_id: sessionId },
    });
  const list = async (token: Token = bot, query = "") =>
    (await call("GET", `/eventsub/subscriptions${query}`, token)).body;

  return {
    world,
    clock,
    faults,
    door,
    port,
    bot,
    appToken,
    dial,
    call,
    id,
    about,
    subscribe,
    list,
    statuses: async (token: Token = bot) => (await list(token)).data.map((one) => one.status),
    /** A client with stream.online of `home` on its session. */
    async listen() {
      const client = dial();
      const session = await client.welcome();
      const made = await subscribe(session.id, "stream.online", about("home"));
      if (made.status !== 202) throw new Error(made.body.message);
      return { client, id: session.id, subscriptionId: made.body.data[0]?.id ?? "" };
    },
    goLive: (login: string) => goLive(world, world.getChannel(login)),
    goOffline: (login: string) => goOffline(world, world.getChannel(login)),
    userToken: (login: string, scopes: readonly string[]) =>
      issueUserToken(world, { clientId: "app", userId: world.getUser(login).id, scopes }),
    /** Resolves at the next line of the door's log that has this in it; ask before causing it. */
    logs: (part: string) =>
      new Promise<void>((resolve) => {
        const look = (line: string) => {
          if (!line.includes(part)) return;
          logged.off("line", look);
          resolve();
        };
        logged.on("line", look);
      }),
    async close() {
      await door.close();
      for (const one of clients) one.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      clock.stop();
    },
  };
}

/** Messages queue up until asked for. */
function toClient(socket: WebSocket) {
  const arrived: Message[] = [];
  const waiting: ((message: Message) => void)[] = [];
  socket.on("message", (data, isBinary) => {
    const text = data.toString();
    const message = isBinary ? toBroken("binary") : parseMessage(text);
    const first = waiting.shift();
    if (first) first(message);
    else arrived.push(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("error", () => {});
    socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  const next = async (): Promise<Message> =>
    arrived.shift() ?? new Promise((resolve) => waiting.push(resolve));
  return {
    socket,
    next,
    closed,
    opened: () => once(socket, "open"),
    welcome: async () => {
      const message = await next();
      if (message.metadata.message_type !== "session_welcome")
        throw new Error(`no welcome: ${JSON.stringify(message)}`);
      return message.payload.session;
    },
    /** Everything that came before the server closed. */
    rest: async (): Promise<readonly Message[]> => {
      await closed;
      return arrived.splice(0);
    },
  };
}

function parseMessage(text: string): Message {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return toBroken("text");
  }
}

function toBroken(broken: "text" | "binary"): Message {
  const metadata = { message_id: "", message_type: "", message_timestamp: "", subscription_type: "" };
  const subscription = { id: "", status: "", type: "", cost: 0, transport: {} };
  return {
    metadata,
    payload: { session: { id: "", reconnect_url: "" }, subscription, event: { id: "" } },
    broken,
  };
}
