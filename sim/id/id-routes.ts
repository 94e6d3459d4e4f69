/**
 * id.twitch.tv: tokens, validation, revocation, the device flow and the consent page. Mounted at /oauth2 (Twitch's
 * own path) and /auth (where twurple's mock mode looks). Errors have Twitch's `{"status":…,"message":…}` body.
 */
import { type Context, Hono } from "hono";
import type { FaultDesk } from "../fault-desk.ts";
import type { Token, World } from "../world/world.ts";
import { answerAuthorize, findActingUser } from "./authorize.ts";
import { breakIdRequests } from "./id-faults.ts";
import { DEVICE_CODE_SECONDS, type LoginDesk, makeLoginDesk } from "./login-desk.ts";
import { readParameters } from "./parameters.ts";
import { parseScopes } from "./scopes.ts";
import { answerTokenRequest, toSecondsLeft, toTokenBody } from "./token-grants.ts";

export function makeIdRoutes(using: {
  readonly world: World;
  readonly faults: FaultDesk;
  /** Shared with the control API, which approves devices through it. */
  readonly logins?: LoginDesk;
}): Hono {
  const { world, faults, logins = makeLoginDesk(world) } = using;
  const routes = new Hono();
  routes.use(breakIdRequests(world.clock, faults));
  routes.post("/token", (c) => giveToken(c, world, logins));
  routes.get("/validate", (c) => validate(c, world));
  routes.post("/revoke", (c) => revoke(c, world));
  routes.post("/device", (c) => startDevice(c, world, logins));
  routes.get("/activate", (c) => activateDevice(c, world, logins));
  routes.get("/authorize", async (c) => {
    const answer = answerAuthorize(world, logins, await readParameters(c));
    return answer.is === "refused" ? refuse(c, answer.status, answer.message) : c.redirect(answer.to, 302);
  });
  return routes;
}

function refuse(c: Context, status: 400 | 401 | 403 | 404, message: string): Response {
  return c.json({ status, message }, status);
}

async function giveToken(c: Context, world: World, logins: LoginDesk): Promise<Response> {
  const answer = answerTokenRequest(world, logins, await readParameters(c));
  if (answer.is === "refused") return refuse(c, answer.status, answer.message);
  return c.json(toTokenBody(answer.token, world.clock.now()));
}

function validate(c: Context, world: World): Response {
  const accessToken = /^(?:oauth|bearer) +(\S+)$/i.exec(c.req.header("authorization")?.trim() ?? "")?.[1];
  if (accessToken === undefined) return refuse(c, 401, "missing authorization token");
  const token = findLiveToken(world, accessToken);
  return token ? c.json(toValidation(world, token)) : refuse(c, 401, "invalid access token");
}

async function revoke(c: Context, world: World): Promise<Response> {
  const parameters = await readParameters(c);
  const clientId = parameters.get("client_id");
  if (!clientId) return refuse(c, 400, "missing client id");
  if (!world.applications.has(clientId)) return refuse(c, 404, "client does not exist");
  const accessToken = parameters.get("token");
  if (!accessToken) return refuse(c, 400, "missing oauth token");
  const token = findLiveToken(world, accessToken);
  if (token?.clientId !== clientId) return refuse(c, 400, "Invalid token");
  // Only the access token dies: its refresh token goes on working on Twitch (twitchdev/issues #943).
  token.expiresAt = world.clock.now();
  return c.body(null, 200);
}

async function startDevice(c: Context, world: World, logins: LoginDesk): Promise<Response> {
  const parameters = await readParameters(c);
  const clientId = parameters.get("client_id");
  if (!clientId) return refuse(c, 400, "missing client id");
  if (!world.applications.has(clientId)) return refuse(c, 400, "invalid client");
  const parsed = parseScopes(parameters.get("scopes") ?? parameters.get("scope") ?? "");
  if (parsed.is === "unknown") return refuse(c, 400, `invalid scope requested: '${parsed.scope}'`);
  const device = logins.addDevice(clientId, parsed.scopes);
  const activate = new URL(c.req.url);
  activate.pathname = activate.pathname.replace(/device$/, "activate");
  activate.search = `?device-code=${device.userCode}`;
  return c.json({
    device_code: device.deviceCode,
    expires_in: DEVICE_CODE_SECONDS,
    interval: logins.devicePollSeconds,
    user_code: device.userCode,
    verification_uri: activate.href,
  });
}

/** Stands for twitch.tv/activate, where a person enters the code; `sim_user` says who that person is. */
async function activateDevice(c: Context, world: World, logins: LoginDesk): Promise<Response> {
  const parameters = await readParameters(c);
  const user = findActingUser(world, parameters);
  const userCode = parameters.get("device-code") ?? "";
  if (user === "cancels") {
    const denial = logins.denyDevice(userCode);
    return denial === "denied" ? c.json({ status: 200, message: denial }) : refuse(c, 400, denial);
  }
  if (typeof user === "string") return refuse(c, 400, user);
  const approval = logins.approveDevice(userCode, user);
  return approval === "approved" ? c.json({ status: 200, message: approval }) : refuse(c, 400, approval);
}

function findLiveToken(world: World, accessToken: string): Token | undefined {
  const token = world.tokens.get(accessToken);
  return token && token.expiresAt > world.clock.now() ? token : undefined;
}

/** Twitch sends `null` for no scopes, and no user with an app token. */
function toValidation(world: World, token: Token): object {
  const user = token.userId === undefined ? undefined : world.users.get(token.userId);
  return {
    client_id: token.clientId,
    ...(user ? { login: user.login } : {}),
    scopes: token.scopes.length === 0 ? null : token.scopes,
    ...(user ? { user_id: user.id } : {}),
    expires_in: toSecondsLeft(token, world.clock.now()),
  };
}
