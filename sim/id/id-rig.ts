/** For tests: id.twitch.tv of a small world, asked without a network. Time stands still until a test advances it. */
import { Hono } from "hono";
import { startSimClock } from "../clock.ts";
import { makeFaultDesk } from "../fault-desk.ts";
import { makeRandom } from "../random.ts";
import { makeWorld } from "../world/world.ts";
import { makeIdRoutes } from "./id-routes.ts";
import { makeLoginDesk } from "./login-desk.ts";

export const REDIRECT = "http://localhost:3000/cb";
export const SECRET = { client_id: "closed", client_secret: "hush" };
export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

type Parameters = Readonly<Record<string, string>>;
export type Rig = ReturnType<typeof makeRig>;

/** One user, `bot` with id 1; a confidential client, `closed`, and a public one, `open`. */
export function makeRig(devicePollSeconds?: number) {
  const clock = startSimClock({ startAt: 1_700_000_000_000, speed: 1e-6 });
  const world = makeWorld({ clock, random: makeRandom(1) });
  world.addUser({ login: "bot", id: "1" });
  const redirectUris = [REDIRECT];
  world.applications.set("closed", {
    clientId: "closed",
    clientSecret: "hush",
    name: "Closed",
    redirectUris,
  });
  world.applications.set("open", { clientId: "open", clientSecret: undefined, name: "Open", redirectUris });
  const faults = makeFaultDesk();
  const logins = makeLoginDesk(world, devicePollSeconds);
  const routes = new Hono().route("/oauth2", makeIdRoutes({ world, faults, logins }));

  const post = async (path: string, parameters: Parameters, how: "form" | "query" = "form") => {
    const body = new URLSearchParams(parameters);
    const answer =
      how === "form"
        ? await routes.request(path, { method: "POST", body })
        : await routes.request(`${path}?${body}`, { method: "POST" });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const authorize = async (parameters: Parameters) => {
    const answer = await routes.request(`/oauth2/authorize?${new URLSearchParams(parameters)}`);
    return {
      status: answer.status,
      location: answer.headers.get("location") ?? "",
      text: await answer.text(),
    };
  };
  return {
    clock,
    world,
    faults,
    logins,
    routes,
    post,
    authorize,
    token: (parameters: Parameters, how?: "form" | "query") => post("/oauth2/token", parameters, how),
    async validate(authorization?: string) {
      const init = authorization === undefined ? {} : { headers: { authorization } };
      const answer = await routes.request("/oauth2/validate", init);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    /** The bot agrees, and the code comes back. */
    async takeCode(): Promise<string> {
      const { location } = await authorize({
        client_id: "closed",
        redirect_uri: REDIRECT,
        response_type: "code",
        scope: "chat:read user:bot",
        sim_user: "bot",
      });
      return new URL(location).searchParams.get("code") ?? "";
    },
  };
}
