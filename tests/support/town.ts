/** A Twitch with as many channels as are wanted, where nobody talks yet: for tests that bring their own crowd. */
import { ACCOUNT, type ChatLoad, channelNames, makeScenario } from "../../bench/chat-load.ts";
import type { Scene } from "./trial-house.ts";

/** Whatever a test is about, it is not the waiting for subscriptions. */
const CREATES_PER_SECOND = 12;

export function makeTown(using: {
  readonly channels: number;
  /** Twitch then lets it say 7,500 lines in 30 s, log in 200 times and join 2,000 channels in 10 s. */
  readonly botIsVerified: boolean;
  /** Left out: it does. A viewer may say a line a second. */
  readonly botModerates?: boolean;
}): Scene {
  const { channels, botIsVerified, botModerates = true } = using;
  const silence: ChatLoad = {
    channels,
    botIsVerified,
    messagesPerSecond: 1,
    commandsPerSecond: 0,
    seconds: 0,
  };
  const scenario = makeScenario(silence);
  const logins = channelNames(silence).map((login) => ({ login }));
  return {
    scenario: botModerates ? scenario : { ...scenario, channels: logins },
    account: { ...ACCOUNT, botIsVerified, eventsub: { creates_per_second: CREATES_PER_SECOND } },
    channels: channelNames(silence),
  };
}
