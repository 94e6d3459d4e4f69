/**
 * Plays a transcript (tests/scripts/*.chat) against a worker room. One line each:
 *
 *   alice: !ping              somebody says it; `mod alice:`, `vip`, `sub`, `broadcaster` give a rank
 *   alice #7: !ping           with this message id; `alice shared: …` comes from another channel
 *   event stream.online id=e1 streamId=s1      see event-line.ts
 *   +30s                      time passes; also +200ms
 *   bot: @alice Pong!         what the bot says next, exactly; `bot matches: <regular expression>`, `bot length: 500`
 *   answered                  how the line above ended: ignored, refused and failed with their reason;
 *                             `under way` while it has not
 *   delivered expired         how each of its texts ended
 *   given …                   changes the surroundings, see `given`
 *   restart                   a new worker with what the old one had stored
 *
 * `\u{200B}` stands for that character. Whatever the bot says must stand in the script.
 */
import type { Outcome } from "../../worker/outcome.ts";
import type { Standing } from "../../worker/outputs/chat/voice.ts";
import type { Rank } from "../../worker/signal.ts";
import { parseEventLine } from "./event-line.ts";
import { makeFakeClock, settled } from "./fake-clock.ts";
import { testModules } from "./test-modules.ts";
import { type ChatDoorName, calmSurroundings, channel, openWorkerRoom } from "./worker-room.ts";

const RANKS: Readonly<Record<string, Rank>> = {
  mod: "moderator",
  vip: "vip",
  sub: "subscriber",
  broadcaster: "broadcaster",
};
const SPEECH = /^(?:(mod|vip|sub|broadcaster) )?([a-z0-9_]+)(?: #(\S+))?( shared)?: (.*)$/;
const LAST_RECEIPTS_MS = 200_000;

interface Line {
  readonly at: number;
  readonly text: string;
}

export function parseScript(script: string): readonly Line[] {
  return script
    .split("\n")
    .map((text, index) => ({ at: index + 1, text: unescapeText(text.trim()) }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"));
}

const unescapeText = (text: string): string =>
  text.replace(/\\u\{([0-9A-Fa-f]+)\}/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));

export async function playScript(script: string, by: ChatDoorName = "irc"): Promise<void> {
  const lines = parseScript(script);
  const clock = makeFakeClock();
  const surroundings = calmSurroundings();
  const claims = new Set<string>();
  const settings: Record<string, Record<string, unknown>> = {};
  let prefix = "!";
  let nextId = 1;
  let heard = 0;
  let last: { outcome: Outcome | undefined } = { outcome: undefined };
  let opening: ReturnType<typeof openWorkerRoom> | undefined;
  const openRoom = () => {
    opening ??= openWorkerRoom({ clock, surroundings, prefix, settings, modules: testModules, claims, by });
    return opening;
  };

  const bringIn = async (walking: Promise<Outcome>) => {
    const entry: typeof last = { outcome: undefined };
    last = entry;
    void walking.then((outcome) => {
      entry.outcome = outcome;
    });
    await settled();
  };
  const given = async (what: string) => {
    const [thing = "", ...rest] = what.split(" ");
    const value = rest.join(" ");
    switch (thing) {
      case "prefix":
        prefix = value;
        return;
      case "setting": {
        const [module = "", key = ""] = (rest[0] ?? "").split(".");
        settings[module] = { ...settings[module], [key]: JSON.parse(rest.slice(1).join(" ")) };
        return;
      }
      case "standing":
        surroundings.standing = value as Standing;
        return;
      case "hub":
        surroundings.isHubAway = value === "away";
        (await openRoom()).lookForHub();
        return settled();
      case "helix":
        surroundings.isHelixAway = value === "away";
        return;
      case "permit":
        surroundings.permitWaitMs = Number(value);
        return;
      case "refusal":
        surroundings.refuseNext = value;
        return;
      case "twitch":
        surroundings.isTwitchSilent = value === "silent";
        return;
      case "alert":
        surroundings.alerts = value === "over" ? [] : [value];
        return;
      case "slow-mode":
        return (await openRoom()).slowMode(Number(value));
      case "connection":
        if (value === "lost") (await openRoom()).loseVoice();
        else (await openRoom()).findVoice();
        return settled();
      default:
        throw new Error(`given what? "${thing}"`);
    }
  };
  const nextSaid = async () => {
    const { written } = await openRoom();
    const said = written[heard];
    if (said === undefined) throw new Error("the bot says nothing");
    heard += 1;
    return said;
  };
  const expectSilence = async () => {
    const surplus = opening && (await opening).written.slice(heard);
    if (surplus && surplus.length > 0) throw new Error(`the bot also says: ${JSON.stringify(surplus)}`);
  };

  const play = async (text: string): Promise<void> => {
    const time = /^\+(\d+)(ms|s|m)$/.exec(text);
    if (time) return clock.advance(Number(time[1]) * ({ ms: 1, s: 1_000, m: 60_000 }[time[2] ?? "ms"] ?? 1));
    if (text.startsWith("bot: ")) return expectSame(await nextSaid(), text.slice("bot: ".length));
    if (text.startsWith("bot matches: ")) {
      const said = await nextSaid();
      if (new RegExp(text.slice("bot matches: ".length), "u").test(said)) return;
      throw new Error(`the bot says ${JSON.stringify(said)}`);
    }
    if (text.startsWith("bot length: ")) {
      heard -= 1;
      return expectSame(String((await nextSaid()).length), text.slice("bot length: ".length));
    }
    if (text.startsWith("delivered ")) return expectSame(describeDeliveries(last.outcome), text);
    if (/^(ignored|unaddressed|refused|answered|failed|under way)/.test(text)) {
      return expectSame(describeOutcome(last.outcome), text);
    }
    await expectSilence();
    if (text.startsWith("given ")) return given(text.slice("given ".length));
    const room = await openRoom();
    if (text === "restart") {
      await room.close();
      opening = undefined;
      heard = 0;
      return;
    }
    if (text.startsWith("event ")) {
      const { id, body, door } = parseEventLine(text.slice("event ".length), `event-${nextId++}`, channel);
      return bringIn(room.event(id, body, door));
    }
    const speech = SPEECH.exec(text);
    if (!speech) throw new Error("no line of a script");
    const [, rank, login = "", id = `line-${nextId++}`, shared, words = ""] = speech;
    return bringIn(
      room.say({
        id,
        login,
        text: words,
        rank: RANKS[rank ?? ""] ?? "everyone",
        isFromSharedChat: shared !== undefined,
      }),
    );
  };

  for (const { at, text } of lines) {
    try {
      await play(text);
    } catch (problem) {
      throw new Error(`line ${at}: ${text}\n  ${(problem as Error).message}`, { cause: problem });
    }
  }
  await expectSilence();
  const room = await openRoom();
  await room.close();
  await clock.advance(LAST_RECEIPTS_MS);
  if (clock.pending() > 0) throw new Error(`${clock.pending()} timers are left`);
}

function expectSame(is: string, should: string): void {
  if (is !== should) throw new Error(`it is: ${is}`);
}

function describeOutcome(outcome: Outcome | undefined): string {
  if (!outcome) return "under way";
  switch (outcome.is) {
    case "ignored":
    case "refused":
      return `${outcome.is} ${outcome.because}`;
    case "failed":
      return `failed ${outcome.code}`;
    default:
      return outcome.is;
  }
}

function describeDeliveries(outcome: Outcome | undefined): string {
  const deliveries = outcome && "deliveries" in outcome ? outcome.deliveries : [];
  const ends = deliveries.map((one) => (one.is === "dropped" ? `dropped ${one.because}` : one.is));
  return `delivered ${ends.join(", ") || "nothing"}`;
}
