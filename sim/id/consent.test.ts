import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEVICE_GRANT, makeRig, REDIRECT, type Rig } from "./id-rig.ts";
import { DEVICE_CODE_SECONDS } from "./login-desk.ts";

let rig: Rig;
beforeEach(() => {
  rig = makeRig();
});
afterEach(() => rig.clock.stop());

describe("device flow", () => {
  const start = () => rig.post("/oauth2/device", { client_id: "open", scopes: "chat:read chat:edit" });

  it("says how long to wait between two questions", async () => {
    rig.clock.stop();
    rig = makeRig(1);
    expect((await start()).body).toMatchObject({ interval: 1 });
  });

  it("waits until the user agrees and gives the token once", async () => {
    const { body: device } = await start();
    expect(device).toMatchObject({
      expires_in: DEVICE_CODE_SECONDS,
      interval: 5,
      user_code: expect.stringMatching(/^[A-Z]{8}$/),
    });
    const wish = {
      client_id: "open",
      grant_type: DEVICE_GRANT,
      device_code: device.device_code,
      scopes: "chat:read chat:edit",
    };
    expect(await rig.token(wish)).toEqual({
      status: 400,
      body: { status: 400, message: "authorization_pending" },
    });
    expect(rig.logins.pendingDevices()).toHaveLength(1);
    expect(rig.logins.approveDevice("WRONGONE", rig.world.getUser("bot"))).toBe("unknown-code");
    expect(rig.logins.approveDevice(device.user_code, rig.world.getUser("bot"))).toBe("approved");
    expect(rig.logins.approveDevice(device.user_code, rig.world.getUser("bot"))).toBe("already-approved");
    expect((await rig.token(wish)).body).toMatchObject({
      scope: ["chat:read", "chat:edit"],
      refresh_token: expect.any(String),
    });
    expect((await rig.token(wish)).body.message).toBe("invalid device code");
  });

  it("can be agreed to at the address it hands out", async () => {
    const { body: device } = await start();
    expect((await rig.routes.request(device.verification_uri)).status).toBe(400);
    expect((await rig.routes.request(`${device.verification_uri}&sim_user=bot`)).status).toBe(200);
    expect(
      (await rig.token({ client_id: "open", grant_type: DEVICE_GRANT, device_code: device.device_code }))
        .status,
    ).toBe(200);
  });

  it("forgets a code nobody entered", async () => {
    const { body: device } = await start();
    rig.clock.advance(DEVICE_CODE_SECONDS * 1000);
    expect(
      (await rig.token({ client_id: "open", grant_type: DEVICE_GRANT, device_code: device.device_code })).body
        .message,
    ).toBe("invalid device code");
  });

  it("makes the code invalid when somebody says no, on the page or by the control API", async () => {
    const poll = async (code: string) =>
      (await rig.token({ client_id: "open", grant_type: DEVICE_GRANT, device_code: code })).body.message;
    const { body: first } = await start();
    expect((await rig.routes.request(`${first.verification_uri}&sim_user=`)).status).toBe(200);
    expect(await poll(first.device_code)).toBe("invalid device code");
    const { body: second } = await start();
    expect(rig.logins.denyDevice(second.user_code)).toBe("denied");
    expect(rig.logins.denyDevice(second.user_code)).toBe("unknown-code");
    expect(await poll(second.device_code)).toBe("invalid device code");
  });

  it("refuses a scope Twitch does not have", async () => {
    expect((await rig.post("/oauth2/device", { client_id: "open", scopes: "chat:raed" })).body.message).toBe(
      "invalid scope requested: 'chat:raed'",
    );
  });
});

describe("GET /authorize", () => {
  const asked = {
    client_id: "closed",
    redirect_uri: REDIRECT,
    response_type: "code",
    scope: "chat:read",
    sim_user: "bot",
  };
  const rows: readonly (readonly [Record<string, string>, string])[] = [
    [{ client_id: "" }, "missing client id"],
    [{ client_id: "nobody" }, "invalid client"],
    [{ redirect_uri: "http://elsewhere" }, "Parameter redirect_uri does not match registered URI"],
    [{ response_type: "poem" }, "invalid response type"],
    [{ scope: "chat:raed" }, "invalid scope requested: 'chat:raed'"],
    [{ sim_user: "stranger" }, 'simulator: there is no user "stranger" in this simulation'],
  ];
  it.each(rows)("refuses %j", async (change, message) => {
    const answer = await rig.authorize({ ...asked, ...change });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { status: 400, message }]);
  });

  it("comes back with access_denied when the user cancels", async () => {
    const { status, location } = await rig.authorize({ ...asked, sim_user: "", state: "x" });
    expect(status).toBe(302);
    expect(location).toBe(
      `${REDIRECT}?error=access_denied&error_description=The+user+denied+you+access&state=x`,
    );
  });

  it("comes back with a token that cannot be refreshed in the implicit flow", async () => {
    const { location } = await rig.authorize({ ...asked, response_type: "token" });
    const fragment = new URLSearchParams(new URL(location).hash.slice(1));
    expect(rig.world.tokens.get(fragment.get("access_token") ?? "")).toMatchObject({
      refreshToken: undefined,
      userId: "1",
    });
  });
});
