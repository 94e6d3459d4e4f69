/** Who a connection is, by what it gave as PASS and NICK. The nick says nothing but "anonymous": the token decides. */
import type { Token, User, World } from "../world/world.ts";

export type Who =
  | { readonly is: "account"; readonly user: User; readonly canRead: boolean; readonly canSend: boolean }
  /** Reads everything, sends nothing, appears nowhere. */
  | { readonly is: "anonymous"; readonly login: string };

export type LoginOutcome = Who | { readonly is: "refused"; readonly because: LoginRefusal };

export type LoginRefusal =
  /** PASS is missing or lacks its `oauth:`. */
  | "Improperly formatted auth"
  /** No such token, or it ran out. */
  | "Login authentication failed"
  /** A token, but not one that may chat; also too many logins in a short time. */
  | "Login unsuccessful"
  | "Invalid NICK";

const ANONYMOUS_NICK = /^justinfan\d+$/;
const PASS_PREFIX = "oauth:";

export function judgeLogin(
  world: World,
  given: { readonly pass: string | undefined; readonly nick: string },
): LoginOutcome {
  const nick = given.nick.toLowerCase();
  if (nick === "") return { is: "refused", because: "Invalid NICK" };
  if (ANONYMOUS_NICK.test(nick)) return { is: "anonymous", login: nick };
  const { pass } = given;
  if (pass === undefined || !pass.startsWith(PASS_PREFIX) || pass.length === PASS_PREFIX.length)
    return { is: "refused", because: "Improperly formatted auth" };
  const token = world.tokens.get(pass.slice(PASS_PREFIX.length));
  if (!token || token.expiresAt <= world.clock.now())
    return { is: "refused", because: "Login authentication failed" };
  return toAccount(world, token);
}

function toAccount(world: World, token: Token): LoginOutcome {
  const user =
    token.kind === "user" && token.userId !== undefined ? world.users.get(token.userId) : undefined;
  const canRead = token.scopes.includes("chat:read");
  const canSend = token.scopes.includes("chat:edit");
  if (!user || !(canRead || canSend)) return { is: "refused", because: "Login unsuccessful" };
  return { is: "account", user, canRead, canSend };
}
