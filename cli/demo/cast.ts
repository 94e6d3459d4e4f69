/** Who plays in the demo. sim/scenarios/demo.yaml fixes these names and tokens. */
import type { TrialAccount } from "../trial/trial-config.ts";

export const SCENARIO = "demo";
export const CHANNELS = ["alice_live", "bob_plays"] as const;
export const ACCOUNT: TrialAccount = {
  clientId: "kissbot-demo-client",
  clientSecret: "kissbot-demo-secret",
  botLogin: "kissbot",
  accessToken: "kissbot-demo-access-token",
  refreshToken: "kissbot-demo-refresh-token",
};
export const PREFIX = "!";
