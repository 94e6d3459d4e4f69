/**
 * GET /oauth2/authorize: where Twitch would show its consent page. The simulator has no browser login, so the
 * acting user is named in the address: `sim_user=LOGIN` agrees, an empty `sim_user=` clicks "Cancel". That is the
 * one parameter here that Twitch does not have.
 */
import type { Application, User, World } from "../world/world.ts";
import { issueImplicitToken } from "./issue-token.ts";
import type { LoginDesk } from "./login-desk.ts";
import type { Parameters } from "./parameters.ts";
import { parseScopes } from "./scopes.ts";

export type AuthorizeAnswer =
  | { readonly is: "redirect"; readonly to: string }
  | { readonly is: "refused"; readonly status: 400; readonly message: string };

interface Asked {
  readonly application: Application;
  readonly redirectUri: string;
  readonly responseType: "code" | "token";
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly user: User | "cancels";
}

export function answerAuthorize(world: World, logins: LoginDesk, parameters: Parameters): AuthorizeAnswer {
  const asked = parseAsked(world, parameters);
  if (typeof asked === "string") return { is: "refused", status: 400, message: asked };
  const { application, redirectUri, scopes, user } = asked;
  if (user === "cancels") {
    return redirect(asked, { error: "access_denied", error_description: "The user denied you access" });
  }
  const consent = { clientId: application.clientId, userId: user.id, scopes };
  if (asked.responseType === "code") {
    return redirect(asked, { code: logins.addCode({ ...consent, redirectUri }), scope: scopes.join(" ") });
  }
  const token = issueImplicitToken(world, consent);
  return redirect(asked, { access_token: token.accessToken, scope: scopes.join(" "), token_type: "bearer" });
}

function parseAsked(world: World, parameters: Parameters): Asked | string {
  const clientId = parameters.get("client_id");
  if (!clientId) return "missing client id";
  const application = world.applications.get(clientId);
  if (!application) return "invalid client";
  const redirectUri = parameters.get("redirect_uri") ?? "";
  if (!application.redirectUris.includes(redirectUri))
    return "Parameter redirect_uri does not match registered URI";
  const responseType = parameters.get("response_type");
  if (responseType !== "code" && responseType !== "token") return "invalid response type";
  const parsed = parseScopes(parameters.get("scope") ?? "");
  if (parsed.is === "unknown") return `invalid scope requested: '${parsed.scope}'`;
  const user = findActingUser(world, parameters);
  if (typeof user === "string" && user !== "cancels") return user;
  return {
    application,
    redirectUri,
    responseType,
    scopes: parsed.scopes,
    state: parameters.get("state"),
    user,
  };
}

/** A sentence instead of a user says what to do about it. */
export function findActingUser(
  world: World,
  parameters: Parameters,
): User | "cancels" | `simulator: ${string}` {
  const login = parameters.get("sim_user");
  if (login === undefined)
    return "simulator: nobody can log in here, so add sim_user=LOGIN to say who agrees";
  if (login === "") return "cancels";
  return world.findUser(login) ?? `simulator: there is no user "${login}" in this simulation`;
}

/** A code comes back in the query, a token in the fragment, as OAuth has it. */
function redirect(asked: Asked, answer: Readonly<Record<string, string>>): AuthorizeAnswer {
  const parameters = new URLSearchParams(answer);
  if (asked.state !== undefined) parameters.set("state", asked.state);
  const isFragment = "access_token" in answer;
  const joint = isFragment ? "#" : asked.redirectUri.includes("?") ? "&" : "?";
  return { is: "redirect", to: `${asked.redirectUri}${joint}${parameters.toString()}` };
}
