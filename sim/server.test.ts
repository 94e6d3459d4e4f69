import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Sim, startSim } from "./server.ts";

const open: Sim[] = [];
afterEach(async () => {
  for (const sim of open.splice(0)) await sim.stop();
});

async function start(options: Parameters<typeof startSim>[0] = {}): Promise<Sim> {
  const sim = await startSim(options);
  open.push(sim);
  return sim;
}

test("every path leads to its door, unknown ones to Helix's 404", async () => {
  const { httpUrl } = await start({ scenario: "quiet" });
  const ask = async (path: string) => {
    const response = await fetch(`${httpUrl}${path}`);
    return [response.status, ((await response.json()) as { message?: string }).message];
  };
  const noToken = [401, "OAuth token is missing"];
  expect(await ask("/helix/users")).toEqual(noToken);
  expect(await ask("/mock/users")).toEqual(noToken);
  expect(await ask("/helix/eventsub/subscriptions")).toEqual(noToken);
  expect(await ask("/mock/eventsub/conduits")).toEqual(noToken);
  expect(await ask("/eventsub/subscriptions")).toEqual(noToken);
  expect(await ask("/oauth2/validate")).toEqual([401, "missing authorization token"]);
  expect(await ask("/auth/validate")).toEqual([401, "missing authorization token"]);
  expect(await ask("/sim/state")).toEqual([200, undefined]);
  expect(await ask("/anything")).toEqual([404, ""]);
});

test("websockets: EventSub welcomes on /ws and /eventsub-ws, IRC answers everywhere else and on TCP", async () => {
  const { port, ircPort } = await start();
  for (const path of ["/ws", "/eventsub-ws?keepalive_timeout_seconds=30"]) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    const [data] = await once(socket, "message");
    expect(JSON.parse(String(data))).toMatchObject({ metadata: { message_type: "session_welcome" } });
    socket.terminate();
  }
  const irc = new WebSocket(`ws://127.0.0.1:${port}/irc:80`);
  await once(irc, "open");
  irc.send("NICK justinfan12345\r\n");
  expect(String((await once(irc, "message"))[0])).toContain(":tmi.twitch.tv 001 justinfan12345 :");
  irc.terminate();
  const tcp = connect(ircPort, "127.0.0.1");
  tcp.write("NICK justinfan12345\r\n");
  expect(String((await once(tcp, "data"))[0])).toContain(" 001 ");
  tcp.destroy();
});

test("refused websockets are cut before the handshake", async () => {
  const { port, faults } = await start();
  faults.apply({ do: "refuse", place: "eventsub", on: true });
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  const [error] = await once(socket, "error");
  expect(String(error)).toMatch(/socket hang up|ECONNRESET/);
});

test("stops at once, whatever hangs", async () => {
  const sim = await start({ scenario: "quiet" });
  sim.faults.apply({ do: "hang", place: "helix", path: "", count: 1 });
  sim.faults.apply({ do: "hang", place: "id", path: "", count: 1 });
  const hanging = Promise.allSettled(
    ["/helix/users", "/oauth2/validate"].map((path) => fetch(`${sim.httpUrl}${path}`)),
  );
  const socket = new WebSocket(`ws://127.0.0.1:${sim.port}/irc`);
  await once(socket, "open");
  const closed = once(socket, "close");
  await sim.stop();
  for (const one of await hanging) expect(one.status).toBe("rejected");
  await closed;
});

test("the same seed gives the same ids and tokens", async () => {
  const scenario = {
    applications: [{ clientId: "a" }],
    users: [{ login: "bot" }],
    tokens: [{ clientId: "a", user: "bot" }],
  };
  const [one, two, three] = [
    await start({ scenario, seed: 5 }),
    await start({ scenario, seed: 5 }),
    await start({ scenario, seed: 6 }),
  ];
  expect(one.tokens[0]?.accessToken).toBe(two.tokens[0]?.accessToken);
  expect(one.tokens[0]?.accessToken).not.toBe(three.tokens[0]?.accessToken);
});

test.each<[string, Parameters<typeof startSim>[0], RegExp]>([
  [
    "a file that is not there",
    { scenario: "no-such-file.yaml" },
    /cannot read the scenario no-such-file\.yaml: .*; built in are demo, quiet/,
  ],
  ["a wrong scenario", { scenario: { channels: [{ login: "a b" }] } }, /"channels\[0\]\.login" is "a b"/],
  ["an open host", { host: "0.0.0.0" }, /listens on loopback only, not on "0\.0\.0\.0"/],
])("says no to %s", async (_, options, sentence) => {
  await expect(start(options)).rejects.toThrow(sentence);
});

test("says which port is in use, and leaves nothing behind", async () => {
  const { port, ircPort } = await start();
  await expect(start({ port })).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
  await expect(start({ ircPort })).rejects.toThrow(`port ${ircPort} on 127.0.0.1 is in use`);
});
