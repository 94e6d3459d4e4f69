import { once } from "node:events";
import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { exchangeCode, getAppToken, getTokenInfo, refreshUserToken, revokeToken } from "@twurple/auth";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeRig, REDIRECT, type Rig } from "./id-rig.ts";
import { makeIdRoutes } from "./id-routes.ts";
import { issueAppToken } from "./issue-token.ts";

let rig: Rig;
beforeEach(() => {
  rig = makeRig();
});
afterEach(() => rig.clock.stop());

describe("with twurple over HTTP", () => {
  let server: Server;
  beforeEach(async () => {
    const app = new Hono().route("/auth", makeIdRoutes(rig));
    server = serve({ fetch: app.fetch, port: 0, hostname: "localhost" }) as Server;
    await once(server, "listening");
    const address = server.address();
    process.env.TWURPLE_MOCK_API_PORT = String(typeof address === "object" ? address?.port : "");
  });
  afterEach(async () => {
    delete process.env.TWURPLE_MOCK_API_PORT;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  it("exchanges, validates, refreshes and revokes", async () => {
    const first = await exchangeCode("closed", "hush", await rig.takeCode(), REDIRECT);
    expect(first.scope).toEqual(["chat:read", "user:bot"]);
    const second = await refreshUserToken("closed", "hush", first.refreshToken ?? "");
    const info = await getTokenInfo(second.accessToken);
    expect([info.userId, info.userName, info.scopes]).toEqual(["1", "bot", ["chat:read", "user:bot"]]);
    await revokeToken("closed", second.accessToken);
    await expect(getTokenInfo(second.accessToken)).rejects.toThrow();
    const app = await getAppToken("closed", "hush");
    expect(rig.world.tokens.get(app.accessToken)?.kind).toBe("app");
  });

  it("never answers a request it was told to hang, and lets go of it when the client does", async () => {
    rig.faults.apply({ do: "hang", place: "id", path: "/validate", count: 1 });
    const giveUp = new AbortController();
    const arrived = once(server, "request");
    const answer = fetch(`http://localhost:${process.env.TWURPLE_MOCK_API_PORT}/auth/validate`, {
      signal: giveUp.signal,
    });
    await arrived;
    const { accessToken } = issueAppToken(rig.world, { clientId: "closed" });
    expect((await getTokenInfo(accessToken)).clientId).toBe("closed");
    giveUp.abort();
    await expect(answer).rejects.toThrow();
  });
});
