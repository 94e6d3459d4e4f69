/** A house that has no login yet, the Twitch it is to log in at, and an operator's webhook: all real, all on loopback. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stringify } from "yaml";
import { askSupervisorStatus } from "../../cli/control-link.ts";
import { type FeedLine, openSimFeed } from "../../cli/trial/sim-feed.ts";
import { type SimProcess, startSimProcess } from "../../cli/trial/sim-process.ts";
import { systemClock } from "../../shared/clock.ts";
import { checkoutFolder, type Home } from "../../shared/home.ts";
import { awaitUntil } from "./await-until.ts";
import { CLI_CACHE, kissbot, type Said } from "./kissbot-process.ts";
import { findLeftovers } from "./trial-house.ts";
import { makeWarmHome } from "./warm-home.ts";

export const LOGIN_CLIENTS = {
  /** As Twitch calls it: no secret, and refresh tokens that are good once. */
  public: { clientId: "open-client" },
  confidential: { clientId: "closed-client", clientSecret: "closed-secret" },
} as const;

export interface LoginHouse {
  readonly home: Home;
  readonly sim: SimProcess;
  /** What was posted to the webhook so far. */
  readonly posted: readonly Readonly<Record<string, string>>[];
  kissbot(...args: readonly string[]): Promise<Said>;
  /** `status`, once it says that all is well. */
  isWell(): Promise<Said>;
  /** Types `auth login`, and does what the person does who reads what it says. */
  login(args: readonly string[], person: (shown: ShownLogin) => Promise<void>): Promise<Said>;
  approve(shown: ShownLogin, user: string): Promise<void>;
  deny(shown: ShownLogin): Promise<void>;
  /** Somebody writes in alice's chat; answers with what the bot says back to them. */
  ask(user: string, text: string): Promise<string>;
  until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T>;
  close(): Promise<void>;
}

export interface ShownLogin {
  readonly link: string;
  readonly userCode: string;
}

const scenario = (redirectUrl: string) => ({
  seed: 1,
  // Twitch says how long to wait between two questions; nothing here is about its 5 seconds.
  devicePollSeconds: 1,
  applications: Object.values(LOGIN_CLIENTS).map((one) => ({
    ...one,
    name: "Test",
    redirectUris: [redirectUrl],
  })),
  users: ["kissbot", "alice_live", "mallory"].map((login) => ({ login })),
  channels: [{ login: "alice_live", title: "Hi", game: "Chess", moderators: ["kissbot"] }],
});

/** A look is a command typed, as a rule: a process. */
const LOOK_EVERY_MS = 200;
const UNTIL_WITHIN_MS = 40_000;

export async function openLoginHouse(
  client: keyof typeof LOGIN_CLIENTS,
  more: { readonly redirectUrl?: string; readonly sections?: Readonly<Record<string, unknown>> } = {},
): Promise<LoginHouse> {
  const trial = makeWarmHome();
  const { home } = trial;
  const redirectUrl = more.redirectUrl ?? "http://localhost:3000/callback";
  const file = join(home.folder, "scenario.yaml");
  mkdirSync(home.folder, { recursive: true });
  writeFileSync(file, stringify(scenario(redirectUrl)), { mode: 0o600 });
  const sim = await startSimProcess(file, systemClock);
  const lines: FeedLine[] = [];
  const listeners = new Set<() => void>();
  const feed = await openSimFeed(sim.address, (line) => {
    lines.push(line);
    for (const listen of listeners) listen();
  });
  const webhook = await openWebhook();
  const { clientId, ...secret } = LOGIN_CLIENTS[client];
  const base = `127.0.0.1:${sim.address.port}`;
  trial.writeConfig(
    stringify({
      twitch: {
        client_id: clientId,
        ...("clientSecret" in secret ? { client_secret: secret.clientSecret } : {}),
        bot_login: "kissbot",
        channels: ["alice_live"],
        urls: {
          helix: `http://${base}/helix`,
          id: `http://${base}/oauth2`,
          eventsub: `ws://${base}/ws`,
          chat: `ws://${base}/irc`,
        },
      },
      monitor: { port: 0 },
      login: { redirect_url: redirectUrl },
      alerts: { webhook: webhook.url, allow_private: true },
      ...more.sections,
    }),
  );
  const until: LoginHouse["until"] = (ask, holds) =>
    awaitUntil(ask, holds, { withinMs: UNTIL_WITHIN_MS, lookFirstMs: LOOK_EVERY_MS });
  const order = (path: string, body: object) => sim.order(path, body);
  const health = async () => {
    const asked = await askSupervisorStatus(home, systemClock);
    return asked.is === "answered" ? asked.status.health : asked.is;
  };

  return {
    home,
    sim,
    posted: webhook.posted,
    kissbot: (...args) => kissbot(home.folder, ...args),
    async isWell() {
      // Asked without a process for each look; what an operator sees decides.
      await until(health, (told) => told === "healthy");
      return until(
        () => kissbot(home.folder, "status"),
        ({ exitCode }) => exitCode === 0,
      );
    },
    login: (args, person) => typeLogin(home.folder, args, person),
    approve: ({ userCode }, user) => order("/device/approve", { userCode, user }),
    deny: ({ userCode }) => order("/device/deny", { userCode }),
    async ask(user, text) {
      const isAnswer = (line: FeedLine) =>
        line.kind === "chat-message" &&
        line.user === "kissbot" &&
        String(line.text).toLowerCase().startsWith(`@${user} `);
      await order("/chat", { channel: "alice_live", user, text });
      return new Promise((resolve) => {
        const look = () => {
          const found = lines.find(isAnswer);
          if (!found) return;
          listeners.delete(look);
          resolve(String(found.text));
        };
        listeners.add(look);
        look();
      });
    },
    until,
    async close() {
      await kissbot(home.folder, "stop");
      const asked = await askSupervisorStatus(home, systemClock);
      feed.close();
      await feed.ended;
      await sim.stop();
      await webhook.close();
      const left = findLeftovers(home, []);
      trial.remove();
      if (asked.is === "answered") throw new Error("the house would not stop");
      if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
    },
  };
}

async function openWebhook() {
  const posted: Readonly<Record<string, string>>[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      posted.push(JSON.parse(text));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hooks/planted-webhook-secret`,
    posted,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

function typeLogin(
  home: string,
  args: readonly string[],
  person: (shown: ShownLogin) => Promise<void>,
): Promise<Said> {
  const child = spawn(process.execPath, [join(checkoutFolder, "cli", "main.ts"), "auth", "login", ...args], {
    env: { ...process.env, ...CLI_CACHE, KISSBOT_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { out: "", err: "" };
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.err += text;
  });
  let link = "";
  let acting = Promise.resolve();
  createInterface({ input: child.stdout }).on("line", (line) => {
    said.out += `${line}\n`;
    link = /^Open +(\S+)/.exec(line)?.[1] ?? link;
    const userCode = new URL(link || "http://none").searchParams.get("device-code") ?? "";
    if (line.startsWith("Waiting")) acting = person({ link, userCode });
  });
  return new Promise((resolve, reject) => {
    child.once("close", (exitCode) => acting.then(() => resolve({ exitCode, ...said }), reject));
  });
}
