import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEVICE_GRANT, makeRig, REDIRECT, type Rig, SECRET } from "./id-rig.ts";
import { issueUserToken, USER_TOKEN_SECONDS } from "./issue-token.ts";

let rig: Rig;
beforeEach(() => {
  rig = makeRig();
});
afterEach(() => rig.clock.stop());

describe("POST /token refuses in Twitch's words", () => {
  const rows: readonly (readonly [Record<string, string>, number, string])[] = [
    [{}, 400, "missing client id"],
    [{ client_id: "nobody" }, 400, "invalid client"],
    [{ client_id: "closed" }, 400, "missing grant type"],
    [{ ...SECRET, grant_type: "password" }, 400, "invalid grant type"],
    [{ ...SECRET, grant_type: "toString" }, 400, "invalid grant type"],
    [{ client_id: "closed", grant_type: "client_credentials" }, 400, "missing client secret"],
    [
      { client_id: "closed", client_secret: "loud", grant_type: "client_credentials" },
      403,
      "invalid client secret",
    ],
    [{ client_id: "open", grant_type: "client_credentials" }, 403, "invalid client secret"],
    [{ ...SECRET, grant_type: "authorization_code" }, 400, "missing code"],
    [
      { ...SECRET, grant_type: "authorization_code", code: "x" },
      400,
      "Parameter redirect_uri does not match registered URI",
    ],
    [
      { ...SECRET, grant_type: "authorization_code", code: "x", redirect_uri: REDIRECT },
      400,
      "Invalid authorization code",
    ],
    [{ ...SECRET, grant_type: "refresh_token" }, 400, "missing refresh token"],
    [{ ...SECRET, grant_type: "refresh_token", refresh_token: "x" }, 400, "Invalid refresh token"],
    [{ client_id: "closed", grant_type: "refresh_token", refresh_token: "x" }, 400, "missing client secret"],
    [{ client_id: "open", grant_type: DEVICE_GRANT }, 400, "missing device code"],
    [{ client_id: "open", grant_type: DEVICE_GRANT, device_code: "x" }, 400, "invalid device code"],
  ];
  it.each(rows)("%j → %i %s", async (parameters, status, message) => {
    expect(await rig.token(parameters)).toEqual({ status, body: { status, message } });
    expect(await rig.token(parameters, "query")).toEqual({ status, body: { status, message } });
  });
});

describe("tokens", () => {
  it("gives a code once, for a user token with its scopes and a recorded grant", async () => {
    const code = await rig.takeCode();
    const wish = { ...SECRET, grant_type: "authorization_code", code, redirect_uri: REDIRECT };
    const { status, body } = await rig.token(wish);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      expires_in: USER_TOKEN_SECONDS,
      scope: ["chat:read", "user:bot"],
      token_type: "bearer",
    });
    expect(rig.world.hasGranted("closed", "1", "user:bot")).toBe(true);
    expect((await rig.token(wish)).body.message).toBe("Invalid authorization code");
    expect(await rig.validate(`OAuth ${body.access_token}`)).toEqual({
      status: 200,
      body: {
        client_id: "closed",
        login: "bot",
        scopes: ["chat:read", "user:bot"],
        user_id: "1",
        expires_in: USER_TOKEN_SECONDS,
      },
    });
  });

  it("lets a confidential client refresh with the same refresh token, also after the access token is gone", async () => {
    const first = issueUserToken(rig.world, { clientId: "closed", userId: "1", scopes: ["chat:read"] });
    expect((await rig.post("/oauth2/revoke", { client_id: "closed", token: first.accessToken })).status).toBe(
      200,
    );
    expect((await rig.validate(`Bearer ${first.accessToken}`)).body).toEqual({
      status: 401,
      message: "invalid access token",
    });
    const wish = { ...SECRET, grant_type: "refresh_token", refresh_token: first.refreshToken ?? "" };
    const second = (await rig.token(wish, "query")).body;
    const third = (await rig.token(wish)).body;
    expect(second.refresh_token).toBe(first.refreshToken);
    expect(third.access_token).not.toBe(second.access_token);
    expect((await rig.validate(`Bearer ${second.access_token}`)).status).toBe(200);
  });

  it("keeps no more than fifty access tokens for one refresh token", async () => {
    const first = issueUserToken(rig.world, { clientId: "closed", userId: "1", scopes: [] });
    const wish = { ...SECRET, grant_type: "refresh_token", refresh_token: first.refreshToken ?? "" };
    for (let i = 0; i < 55; i++) await rig.token(wish);
    expect(rig.world.tokens.size).toBe(50);
    expect((await rig.validate(`Bearer ${first.accessToken}`)).status).toBe(401);
  });

  it("lets a public client use a refresh token once, within thirty days", async () => {
    const first = issueUserToken(rig.world, { clientId: "open", userId: "1", scopes: [] });
    const wish = (refreshToken: string | undefined) => ({
      client_id: "open",
      grant_type: "refresh_token",
      refresh_token: refreshToken ?? "",
    });
    const second = (await rig.token(wish(first.refreshToken))).body;
    expect(second.scope).toBeUndefined();
    expect(await rig.token(wish(first.refreshToken))).toMatchObject({
      status: 400,
      body: { message: "Invalid refresh token" },
    });
    rig.clock.advance(30 * 86_400_000);
    expect(await rig.token(wish(second.refresh_token))).toMatchObject({
      status: 400,
      body: { message: "Invalid refresh token" },
    });
  });

  it("refreshes nothing of another client's", async () => {
    const theirs = issueUserToken(rig.world, { clientId: "open", userId: "1", scopes: [] });
    const wish = { ...SECRET, grant_type: "refresh_token", refresh_token: theirs.refreshToken ?? "" };
    expect((await rig.token(wish)).body.message).toBe("Invalid refresh token");
  });

  it("expires", async () => {
    const { accessToken } = issueUserToken(rig.world, {
      clientId: "closed",
      userId: "1",
      scopes: [],
      lifetimeSeconds: 60,
    });
    expect((await rig.validate(`OAuth ${accessToken}`)).body.scopes).toBeNull();
    rig.clock.advance(60_000);
    expect((await rig.validate(`OAuth ${accessToken}`)).status).toBe(401);
  });

  it.each([
    [undefined, "missing authorization token"],
    ["Basic abc", "missing authorization token"],
    ["OAuth nothing", "invalid access token"],
  ])("validates %s as %s", async (authorization, message) => {
    expect(await rig.validate(authorization)).toEqual({ status: 401, body: { status: 401, message } });
  });

  it.each([
    [{}, 400, "missing client id"],
    [{ client_id: "nobody", token: "x" }, 404, "client does not exist"],
    [{ client_id: "closed" }, 400, "missing oauth token"],
    [{ client_id: "closed", token: "x" }, 400, "Invalid token"],
  ])("revokes %j as %i %s", async (parameters, status, message) => {
    expect(await rig.post("/oauth2/revoke", parameters as Record<string, string>)).toEqual({
      status,
      body: { status, message },
    });
  });
});

describe("faults", () => {
  it("answers in the endpoint's place as often as asked", async () => {
    rig.faults.apply({ do: "answer", place: "id", status: 503, path: "/token", count: 1 });
    expect(await rig.token(SECRET)).toEqual({
      status: 503,
      body: { error: "Service Unavailable", status: 503, message: "" },
    });
    expect((await rig.token(SECRET)).status).toBe(400);
  });

  it("answers late by the simulated clock", async () => {
    rig.faults.apply({ do: "delay", place: "id", ms: 60_000 });
    const answer = rig.token(SECRET);
    rig.clock.advance(60_000);
    expect((await answer).status).toBe(400);
  });
});

it("survives any body and query", async () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("grant_type=refresh_token&client_id=open", "%", "a=%zz", "--x\r\n"),
  );
  const type = fc.constantFrom(
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/json",
  );
  const path = fc.constantFrom("token", "revoke", "device");
  await fc.assert(
    fc.asyncProperty(path, type, text, async (where, contentType, body) => {
      const answer = await rig.routes.request(`/oauth2/${where}`, {
        method: "POST",
        body,
        headers: { "content-type": contentType },
      });
      expect(answer.status).toBeLessThan(500);
    }),
    { numRuns: 60 },
  );
});
