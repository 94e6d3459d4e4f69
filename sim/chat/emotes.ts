/** A few of Twitch's global emotes: enough for emote positions in tags and for emote-only mode. */
const GLOBAL_EMOTES: ReadonlyMap<string, string> = new Map([
  ["Kappa", "25"],
  ["Keepo", "1902"],
  ["LUL", "425618"],
  ["PogChamp", "305954156"],
  ["HeyGuys", "30259"],
  ["Kreygasm", "41"],
  ["BibleThump", "86"],
  ["4Head", "354"],
  ["NotLikeThis", "58765"],
  ["SeemsGood", "64138"],
  ["VoHiYo", "81274"],
  ["ResidentSleeper", "245"],
  ["WutFace", "28087"],
  ["DansGame", "33"],
  ["SwiftRage", "34"],
  ["FailFish", "360"],
  ["BabyRage", "22639"],
  ["Jebaited", "114836"],
  ["KappaPride", "55338"],
  [":)", "1"],
  [":(", "2"],
  [":D", "3"],
  ["<3", "9"],
]);

export interface EmotePlace {
  readonly id: string;
  readonly name: string;
  /** Positions count code points, not UTF-16 units; `last` is the position of the last letter. */
  readonly first: number;
  readonly last: number;
}

export function findEmotes(text: string): readonly EmotePlace[] {
  const places: EmotePlace[] = [];
  let at = 0;
  for (const word of text.split(" ")) {
    const length = Array.from(word).length;
    const id = GLOBAL_EMOTES.get(word);
    if (id !== undefined) places.push({ id, name: word, first: at, last: at + length - 1 });
    at += length + 1;
  }
  return places;
}

export function isEmotesOnly(text: string): boolean {
  return text.split(" ").every((word) => GLOBAL_EMOTES.has(word));
}

/** `25:0-4,12-16/1902:6-10` */
export function toEmotesTag(text: string): string {
  const byId = new Map<string, string[]>();
  for (const place of findEmotes(text)) {
    byId.set(place.id, [...(byId.get(place.id) ?? []), `${place.first}-${place.last}`]);
  }
  return [...byId].map(([id, ranges]) => `${id}:${ranges.join(",")}`).join("/");
}
