/** Who is asking: Bearer token and Client-Id, refused with Twitch's own words when they do not hold. */
import type { MiddlewareHandler } from "hono";
import type { Application, Token, World } from "../world/world.ts";
import type { HelixEnv } from "./context.ts";
import { HelixRefusal } from "./refusal.ts";

export function requireToken(world: World): MiddlewareHandler<HelixEnv> {
  return async (c, next) => {
    const { token, application } = parseCredentials(
      world,
      c.req.header("authorization"),
      c.req.header("client-id"),
    );
    c.set("token", token);
    c.set("application", application);
    await next();
  };
}

export function parseCredentials(
  world: World,
  authorization: string | undefined,
  clientId: string | undefined,
): { readonly token: Token; readonly application: Application } {
  const accessToken = /^bearer +(\S+)$/i.exec(authorization?.trim() ?? "")?.[1];
  if (accessToken === undefined) throw new HelixRefusal(401, "OAuth token is missing");
  if (!clientId) throw new HelixRefusal(401, "Client ID is missing");
  const token = world.tokens.get(accessToken);
  if (!token || token.expiresAt <= world.clock.now()) throw new HelixRefusal(401, "Invalid OAuth token");
  const application = world.applications.get(token.clientId);
  if (token.clientId !== clientId || !application)
    throw new HelixRefusal(401, "Client ID and OAuth token do not match");
  return { token, application };
}

/** The scope and token-kind checks every endpoint states about itself. */
export function checkToken(
  token: Token,
  needs: { readonly tokens: "any" | "user"; readonly scopes: readonly string[] },
): void {
  if (token.kind === "app") {
    if (needs.tokens === "user") throw new HelixRefusal(401, "Missing User OAUTH Token");
    return;
  }
  if (needs.scopes.length === 0 || needs.scopes.some((scope) => token.scopes.includes(scope))) return;
  throw new HelixRefusal(401, `Missing scope: ${needs.scopes.join(" or ")}`);
}
