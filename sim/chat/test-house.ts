/** For the tests of this folder: a small Twitch with an open IRC door, and raw clients that note what they hear. */
import { connect } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { startSimClock } from "../clock.ts";
import { makeFaultDesk } from "../fault-desk.ts";
import { makeRandom } from "../random.ts";
import { makeWorld, type User, type World } from "../world/world.ts";
import { openIrcDoor } from "./irc-door.ts";

export const TRANSPORTS = ["tcp", "websocket"] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface RawClient {
  say(...lines: readonly string[]): void;
  /** Bytes as they are, without line ends. */
  sayBytes(bytes: Buffer): void;
  /** Everything unread up to and with the first line that contains this. */
  until(part: string): Promise<readonly string[]>;
  /** Everything unread that came before the answer to a question asked now. */
  heard(): Promise<readonly string[]>;
  /** Everything unread when the connection ended. */
  readonly closed: Promise<readonly string[]>;
  leave(): void;
}

const HOST = "127.0.0.1";
export const ALL_CAPS = "CAP REQ :twitch.tv/tags twitch.tv/commands twitch.tv/membership";

export type TestHouse = Awaited<ReturnType<typeof openTestHouse>>;

export function makeTestWorld(): World {
  const world = makeWorld({ clock: startSimClock(), random: makeRandom(7) });
  for (const login of ["alice", "bob", "carol", "kissbot"]) {
    world.addUser({ login, displayName: login.slice(0, 1).toUpperCase() + login.slice(1), color: "#1E90FF" });
  }
  return world;
}

export async function openTestHouse(using: { readonly pongWithinMs?: number } = {}) {
  const world = makeTestWorld();
  const faults = makeFaultDesk();
  const logged: string[] = [];
  const door = openIrcDoor({ world, faults, log: (line) => logged.push(line), ...using });
  const tcpPort = await door.listenTcp(0, HOST);
  const server = new WebSocketServer({ port: 0, host: HOST });
  server.on("connection", (socket) => door.acceptWebSocket(socket));
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const wsPort = typeof address === "object" && address ? address.port : 0;
  const clients: RawClient[] = [];

  const dial = (transport: Transport): Promise<RawClient> =>
    transport === "tcp" ? dialTcp(tcpPort) : dialWebSocket(`ws://${HOST}:${wsPort}/irc`);

  const house = {
    world,
    faults,
    door,
    logged,
    wsPort,
    async connect(transport: Transport): Promise<RawClient> {
      const client = await dial(transport);
      clients.push(client);
      return client;
    },
    giveToken(user: User, scopes: readonly string[] = ["chat:read", "chat:edit"]): string {
      const accessToken = world.random.token(30);
      const token = {
        accessToken,
        kind: "user",
        clientId: "client",
        userId: user.id,
        refreshToken: undefined,
      } as const;
      world.tokens.set(accessToken, { ...token, scopes, expiresAt: world.clock.now() + 4 * 3_600_000 });
      return accessToken;
    },
    /** Logged in, with every capability, in these channels, everything so far read. */
    async enter(transport: Transport, login: string, ...channels: readonly string[]): Promise<RawClient> {
      const client = await house.connect(transport);
      client.say(ALL_CAPS, `PASS oauth:${house.giveToken(world.getUser(login))}`, `NICK ${login}`);
      for (const channel of channels) client.say(`JOIN #${channel}`);
      await client.heard();
      return client;
    },
    async close() {
      for (const client of clients) client.leave();
      await door.close();
      await new Promise((resolve) => server.close(resolve));
      world.clock.stop();
    },
  };
  return house;
}

function dialTcp(port: number): Promise<RawClient> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, HOST);
    const client = makeRawClient({ write: (data) => socket.write(data), leave: () => socket.destroy() });
    socket.once("error", reject);
    socket.on("error", () => {});
    socket.once("connect", () => resolve(client));
    socket.on("data", (chunk) => client.receive(chunk.toString()));
    socket.on("close", () => client.end());
  });
}

function dialWebSocket(url: string): Promise<RawClient> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const client = makeRawClient({ write: (data) => socket.send(data), leave: () => socket.terminate() });
    socket.once("error", reject);
    socket.on("error", () => {});
    socket.once("open", () => resolve(client));
    socket.on("message", (data) => client.receive(data.toString()));
    socket.on("close", () => client.end());
  });
}

function makeRawClient(using: { write(data: string | Buffer): void; leave(): void }) {
  let unread: string[] = [];
  let rest = "";
  let questions = 0;
  let waiting:
    | { readonly part: string; resolve(lines: readonly string[]): void; reject(error: Error): void }
    | undefined;
  let end = () => {};
  const closed = new Promise<readonly string[]>((resolve) => {
    end = () => {
      resolve(unread);
      waiting?.reject(new Error(`closed before "${waiting.part}" came, after ${JSON.stringify(unread)}`));
    };
  });

  const look = () => {
    const at = waiting ? unread.findIndex((line) => line.includes(waiting?.part ?? "")) : -1;
    if (!waiting || at === -1) return;
    const { resolve } = waiting;
    waiting = undefined;
    resolve(unread.splice(0, at + 1));
  };
  const until = (part: string) =>
    new Promise<readonly string[]>((resolve, reject) => {
      waiting = { part, resolve, reject };
      look();
    });

  return {
    closed,
    until,
    say: (...lines: readonly string[]) => using.write(lines.map((line) => `${line}\r\n`).join("")),
    sayBytes: (bytes: Buffer) => using.write(bytes),
    leave: () => using.leave(),
    async heard() {
      questions += 1;
      using.write(`PING :question-${questions}\r\n`);
      return (await until(`:question-${questions}`)).slice(0, -1);
    },
    receive(text: string) {
      const lines = (rest + text).split("\r\n");
      rest = lines.pop() ?? "";
      unread = [...unread, ...lines];
      look();
    },
    end: () => end(),
  };
}

/** Ids and instants differ from run to run; nothing else does. */
export function steady(lines: readonly string[]): readonly string[] {
  return lines.map((line) =>
    line
      .replaceAll(/tmi-sent-ts=\d+/g, "tmi-sent-ts=0")
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UUID"),
  );
}
