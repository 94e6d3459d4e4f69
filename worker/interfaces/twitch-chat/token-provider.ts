/** twurple's AuthProvider over one token the hub gave us. It never refreshes: a refused token is the watch's to report. */
import type { AuthProvider } from "@twurple/auth";
import type { ChatToken } from "./chat-tokens.ts";

export function tokenProvider(token: ChatToken, wall: () => number): AuthProvider {
  const access = {
    accessToken: token.accessToken,
    refreshToken: null,
    scope: [...token.scopes],
    expiresIn: null,
    obtainmentTimestamp: wall(),
    userId: token.userId,
  };
  const give = async () => access;
  return {
    clientId: "known-to-the-hub",
    getCurrentScopesForUser: () => access.scope,
    getAccessTokenForUser: give,
    getAccessTokenForIntent: give,
    getAnyAccessToken: give,
  };
}
