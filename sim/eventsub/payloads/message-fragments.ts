/**
 * The `message` object of chat events: the text, and the same text cut into plain words, emotes, mentions and
 * cheers. Source: docs/eventsub/eventsub-subscription-types/#channelchatmessage.
 */
import { findEmotes } from "../../chat/emotes.ts";
import type { User, World } from "../../world/world.ts";

export interface Fragment {
  readonly type: "text" | "emote" | "mention" | "cheermote";
  readonly text: string;
  readonly cheermote: { readonly prefix: string; readonly bits: number; readonly tier: number } | null;
  readonly emote: {
    readonly id: string;
    readonly emote_set_id: string;
    readonly owner_id: string;
    readonly format: readonly string[];
  } | null;
  readonly mention: {
    readonly user_id: string;
    readonly user_name: string;
    readonly user_login: string;
  } | null;
}

const CHEER_WORD = /^([a-z]+)(\d{1,6})$/i;
const CHEER_PREFIXES = new Set(["cheer", "anon"]);
/** From so many bits on, a cheer is shown as this tier. */
const CHEER_TIERS = [10_000, 5_000, 1_000, 100, 1];
const MENTION_WORD = /^@(\w{1,25})/;

export function toMessage(world: World, text: string, using: { readonly hasBits: boolean }) {
  return { text, fragments: toFragments(world, text, using) };
}

/** Joined together, the fragments are the text. */
export function toFragments(
  world: World,
  text: string,
  using: { readonly hasBits: boolean },
): readonly Fragment[] {
  const fragments: Fragment[] = [];
  let plain = "";
  const add = (fragment: Fragment) => {
    if (plain !== "") fragments.push(toText(plain));
    plain = "";
    fragments.push(fragment);
  };
  for (const [at, word] of text.split(" ").entries()) {
    if (at > 0) plain += " ";
    const special = toEmote(word) ?? toMention(world, word) ?? (using.hasBits ? toCheer(word) : undefined);
    if (!special) plain += word;
    else {
      add(special);
      plain = word.slice(special.text.length);
    }
  }
  if (plain !== "") fragments.push(toText(plain));
  return fragments;
}

const BARE = { cheermote: null, emote: null, mention: null };

function toText(text: string): Fragment {
  return { ...BARE, type: "text", text };
}

function toEmote(word: string): Fragment | undefined {
  const [emote] = findEmotes(word);
  if (!emote) return undefined;
  return {
    ...BARE,
    type: "emote",
    text: word,
    emote: { id: emote.id, emote_set_id: "0", owner_id: "0", format: ["static"] },
  };
}

function toMention(world: World, word: string): Fragment | undefined {
  const login = MENTION_WORD.exec(word)?.[1];
  const user = login === undefined ? undefined : findByLogin(world, login);
  if (!user) return undefined;
  const mention = { user_id: user.id, user_name: user.displayName, user_login: user.login };
  return { ...BARE, type: "mention", text: `@${login}`, mention };
}

/** An id is no name, though `findUser` takes both. */
function findByLogin(world: World, login: string): User | undefined {
  const user = world.findUser(login);
  return user?.login === login.toLowerCase() ? user : undefined;
}

function toCheer(word: string): Fragment | undefined {
  const [, prefix = "", amount = ""] = CHEER_WORD.exec(word) ?? [];
  const bits = Number(amount);
  if (bits === 0 || !CHEER_PREFIXES.has(prefix.toLowerCase())) return undefined;
  const tier = CHEER_TIERS.find((from) => bits >= from) ?? 1;
  return { ...BARE, type: "cheermote", text: word, cheermote: { prefix: prefix.toLowerCase(), bits, tier } };
}
