/** What auth puts into the Hono context before any Helix endpoint (EventSub subscriptions included) runs. */
import type { Application, Token } from "../world/world.ts";

export type HelixEnv = {
  Variables: {
    token: Token;
    application: Application;
    /** Set by a fault that leaves out the Ratelimit headers. */
    hasBareAnswer?: true;
  };
};
