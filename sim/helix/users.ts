import type { User, World } from "../world/world.ts";
import { answerData, defineEndpoint, type HelixCall } from "./endpoint.ts";
import { manyParams } from "./query.ts";
import { HelixRefusal } from "./refusal.ts";

const IDS_MAX = 100;

/** https://dev.twitch.tv/docs/api/reference#get-users */
export const getUsers = defineEndpoint({
  method: "GET",
  path: "/users",
  tokens: "any",
  scopes: [],
  answer(call) {
    const withEmail = call.token.scopes.includes("user:read:email") ? call.caller : undefined;
    return answerData(askedUsers(call).map((user) => toUser(call.world, user, user === withEmail)));
  },
});

function askedUsers({ query, world, caller }: HelixCall): readonly User[] {
  const ids = manyParams(query, "id", IDS_MAX);
  const logins = manyParams(query, "login", IDS_MAX);
  if (ids.length + logins.length > IDS_MAX) {
    throw new HelixRefusal(
      400,
      "The request exceeded the maximum allowed number of id and/or login query parameters.",
    );
  }
  if (ids.some((id) => !/^\d{1,20}$/.test(id)) || logins.some((login) => !/^\w{1,25}$/.test(login))) {
    throw new HelixRefusal(400, "Invalid login names, emails or IDs in request");
  }
  if (ids.length + logins.length === 0) {
    if (!caller) throw new HelixRefusal(400, "Must provide an ID, Login or OAuth Token");
    return [caller];
  }
  const found = [...ids.map((id) => world.users.get(id)), ...logins.map((login) => world.findUser(login))];
  return [...new Set(found.filter((user) => user !== undefined))];
}

function toUser(world: World, user: User, withEmail: boolean): object {
  return {
    id: user.id,
    login: user.login,
    display_name: user.displayName,
    type: "",
    broadcaster_type: (world.channels.get(user.id)?.subscribers.size ?? 0) > 0 ? "affiliate" : "",
    description: user.description,
    profile_image_url: `https://static-cdn.jtvnw.net/jtv_user_pictures/${user.id}-profile_image-300x300.png`,
    offline_image_url: "",
    view_count: 0,
    ...(withEmail ? { email: `${user.login}@example.com` } : {}),
    created_at: new Date(user.createdAt).toISOString(),
  };
}
