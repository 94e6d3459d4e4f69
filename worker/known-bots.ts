/** Bots that many channels run beside us: answering them would start conversations between machines. */
const KNOWN_BOTS: ReadonlySet<string> = new Set([
  "nightbot",
  "streamelements",
  "streamlabs",
  "moobot",
  "fossabot",
  "wizebot",
  "botisimo",
  "cloudbot",
  "deepbot",
  "ankhbot",
  "phantombot",
  "coebot",
  "ohbot",
  "revlobot",
  "vivbot",
]);

export const isKnownBot = (login: string): boolean => KNOWN_BOTS.has(login);
