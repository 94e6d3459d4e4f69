/** People, applications and tokens, made through the control API. */
import * as v from "valibot";
import { issueAppToken, issueUserToken } from "../id/issue-token.ts";
import type { World } from "../world/world.ts";
import { BadRequestError } from "./body.ts";
import { Login } from "./order.ts";

export const UserBody = v.strictObject({
  login: Login,
  displayName: v.exactOptional(v.string()),
  color: v.exactOptional(v.pipe(v.string(), v.regex(/^(#[0-9a-f]{6})?$/i, 'a colour is written "#RRGGBB"'))),
  description: v.exactOptional(v.string()),
  verifiedBot: v.exactOptional(v.boolean()),
});

/** Somebody known stays as they are. */
export function addUser(world: World, { verifiedBot, ...given }: v.InferOutput<typeof UserBody>): object {
  const isNew = world.findUser(given.login) === undefined;
  const user = world.addUser({ ...given, isVerifiedBot: verifiedBot ?? false });
  return { isNew, user };
}

export const ApplicationBody = v.strictObject({
  clientId: v.exactOptional(v.pipe(v.string(), v.minLength(1, "a client id may not be empty"))),
  /** null = a public client; left out = one is made up. */
  clientSecret: v.exactOptional(v.nullable(v.string())),
  name: v.exactOptional(v.string()),
  redirectUris: v.exactOptional(v.array(v.string())),
});

const SECRET_LENGTH = 30;

export function addApplication(world: World, given: v.InferOutput<typeof ApplicationBody>): object {
  const clientId = given.clientId ?? world.random.token(SECRET_LENGTH);
  if (world.applications.has(clientId))
    throw new BadRequestError([`There is an application "${clientId}" already.`]);
  const secret =
    given.clientSecret === undefined ? world.random.token(SECRET_LENGTH) : (given.clientSecret ?? undefined);
  const application = {
    clientId,
    clientSecret: secret,
    name: given.name ?? clientId,
    redirectUris: given.redirectUris ?? [],
  };
  world.applications.set(clientId, application);
  return { ...application, clientSecret: secret ?? null };
}

export const TokenBody = v.strictObject({
  clientId: v.string(),
  /** Left out = an app access token. */
  user: v.exactOptional(v.string()),
  scopes: v.exactOptional(v.array(v.string())),
  lifetimeSeconds: v.exactOptional(v.pipe(v.number(), v.minValue(1, "at least 1 is needed"))),
});

export function addToken(world: World, given: v.InferOutput<typeof TokenBody>): object {
  const { clientId, user, scopes, ...lifetime } = given;
  if (!world.applications.has(clientId))
    throw new BadRequestError([`There is no application "${clientId}".`]);
  const token =
    user === undefined
      ? issueAppToken(world, { clientId, ...lifetime })
      : issueUserToken(world, {
          clientId,
          userId: world.getUser(user).id,
          scopes: scopes ?? [],
          ...lifetime,
        });
  return {
    accessToken: token.accessToken,
    refreshToken: token.refreshToken ?? null,
    userId: token.userId ?? null,
    scopes: token.scopes,
    expiresAt: new Date(token.expiresAt).toISOString(),
  };
}
