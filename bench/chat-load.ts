/** A crowd that chats at a given rate, as a scenario for the simulator. Pure: the same wish gives the same crowd. */
export interface ChatLoad {
  readonly channels: number;
  readonly messagesPerSecond: number;
  /** Of those, how many are commands. */
  readonly commandsPerSecond: number;
  readonly seconds: number;
  readonly botIsVerified: boolean;
}

export const BOT_LOGIN = "kissbot";
export const ACCOUNT = {
  clientId: "bench-client",
  botLogin: BOT_LOGIN,
  accessToken: "bench-access-token",
  refreshToken: "bench-refresh-token",
} as const;

/** Twitch lets nobody say more than one line a second in a channel, nor 20 in 30 s anywhere: nobody here comes near. */
const VIEWERS_PER_CHANNEL = 30;
const SEED = 20_260_101;

export const channelNames = (load: ChatLoad): readonly string[] =>
  Array.from({ length: load.channels }, (_, at) => `bench_channel_${at}`);

/** People do not type in step: the gaps between messages are exponential (a Poisson process). */
export function makeScenario(load: ChatLoad): object {
  const random = makeRandom(SEED);
  const names = channelNames(load);
  const count = load.messagesPerSecond * load.seconds;
  const everyMs = 1_000 / load.messagesPerSecond;
  let atMs = 0;
  const script = Array.from({ length: count }, (_, number) => {
    atMs += -Math.log(1 - random()) * everyMs;
    // Spread evenly: the counter passes the next whole number at each command's turn.
    const share = load.commandsPerSecond / load.messagesPerSecond;
    const isCommand = Math.floor((number + 1) * share) > Math.floor(number * share);
    const round = Math.floor(number / load.channels);
    return {
      at: `${Math.round(atMs)}ms`,
      do: "chat",
      channel: names[number % load.channels],
      user: `viewer_${number % load.channels}_${round % VIEWERS_PER_CHANNEL}`,
      // Numbered, because Twitch drops what somebody says twice within 30 s.
      text: isCommand ? `!ping ${number}` : `what a run, number ${number}`,
    };
  });
  return {
    seed: SEED,
    applications: [{ clientId: ACCOUNT.clientId }],
    users: [{ login: BOT_LOGIN, verifiedBot: load.botIsVerified }],
    channels: names.map((login) => ({ login, moderators: [BOT_LOGIN] })),
    // Streamers who have agreed: for the others Twitch lets one user have ten subscriptions, enough for three channels.
    grants: names.map((user) => ({ clientId: ACCOUNT.clientId, user, scopes: ["channel:bot"] })),
    tokens: [
      {
        accessToken: ACCOUNT.accessToken,
        refreshToken: ACCOUNT.refreshToken,
        clientId: ACCOUNT.clientId,
        user: BOT_LOGIN,
        scopes: ["chat:read", "chat:edit", "user:read:chat", "user:write:chat", "user:bot"],
      },
    ],
    script,
  };
}

/** mulberry32: small and good enough to place chat messages. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
