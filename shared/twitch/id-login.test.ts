import fc from "fast-check";
import { expect, test } from "vitest";
import { toAuthorizeUrl, toExchangedCode, toPolledDevice, toRevoked, toStartedDevice } from "./id-login.ts";

const body = { access_token: "a", refresh_token: "r", expires_in: 14_000, scope: ["chat:read"] };
const said = (message: string) => ({ status: 400, body: { status: 400, message } });

test.each([
  [{ status: 200, body }, "granted"],
  [{ status: 200, body: { access_token: "" } }, "away"],
  [{ status: 200, body: undefined }, "away"],
  // Twitch's own words.
  [said("authorization_pending"), "pending"],
  [said("invalid device code"), "gone"],
  [said("invalid client"), "refused"],
  [said("missing device code"), "refused"],
  [{ status: 403, body: { message: "invalid client secret" } }, "refused"],
  // OAuth's, in case it learns them.
  [{ status: 400, body: { error: "authorization_pending" } }, "pending"],
  [{ status: 400, body: { error: "slow_down" } }, "slow-down"],
  [{ status: 400, body: { error: "access_denied" } }, "gone"],
  [{ status: 400, body: { error: "expired_token" } }, "gone"],
  [{ status: 429, body: undefined }, "slow-down"],
  [{ status: 500, body: { message: "authorization_pending" } }, "away"],
  [{ status: 503, body: undefined }, "away"],
])("a poll that is answered %j: %s", (answer, is) => {
  expect(toPolledDevice(answer).is).toBe(is);
});

const device = {
  device_code: "d",
  user_code: "ABCD",
  verification_uri: "https://t/activate",
  expires_in: 60,
};

test.each([
  [{ status: 200, body: device }, "started"],
  [{ status: 200, body: { ...device, verification_uri: "javascript:alert(1)" } }, "away"],
  [{ status: 200, body: { ...device, user_code: "" } }, "away"],
  [said("invalid client"), "refused"],
  [{ status: 502, body: undefined }, "away"],
])("a device that is answered %j: %s", (answer, is) => {
  expect(toStartedDevice(answer).is).toBe(is);
});

test.each([
  [undefined, 5_000],
  [0, 5_000],
  [2, 2_000],
])("interval %j is kept as %d ms", (interval, pollEveryMs) => {
  const started = toStartedDevice({ status: 200, body: { ...device, interval } });
  expect(started).toMatchObject({ device: { pollEveryMs, expiresInMs: 60_000 } });
});

test.each([
  [{ status: 200, body }, "granted"],
  [said("Invalid authorization code"), "refused"],
  [{ status: 500, body: undefined }, "away"],
])("a code that is answered %j: %s", (answer, is) => {
  expect(toExchangedCode(answer).is).toBe(is);
});

test.each([
  [{ status: 200, body: undefined }, "revoked"],
  [said("Invalid token"), "unknown"],
  [said("missing client id"), "refused"],
  [{ status: 404, body: { message: "client does not exist" } }, "refused"],
  [{ status: 500, body: undefined }, "away"],
])("a revocation that is answered %j: %s", (answer, is) => {
  expect(toRevoked(answer).is).toBe(is);
});

test("whatever is answered, nothing throws and nothing is granted without a token", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), fc.jsonValue(), (status, answered) => {
      const answer = { status, body: answered };
      toStartedDevice(answer);
      toRevoked(answer);
      for (const given of [toPolledDevice(answer), toExchangedCode(answer)])
        expect(given.is === "granted" && given.login.accessToken === "").toBe(false);
    }),
  );
});

test("the page to agree on names everything, and nothing that was not asked", () => {
  const url = new URL(
    toAuthorizeUrl({
      baseUrl: "https://id.twitch.tv/oauth2",
      clientId: "c d",
      redirectUrl: "http://localhost:3000/callback",
      responseType: "code",
      scopes: ["chat:read", "chat:edit"],
      state: "s&t",
      isForced: true,
    }),
  );
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: "c d",
    redirect_uri: "http://localhost:3000/callback",
    response_type: "code",
    scope: "chat:read chat:edit",
    state: "s&t",
    force_verify: "true",
  });
});
