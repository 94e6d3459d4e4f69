/** Slips of fingers on a keyboard. Pure in what random says. */

export type Typo = "neighbour" | "doubled" | "deleted" | "swapped";

const ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

function neighboursOf(key: string): readonly string[] {
  const row = ROWS.findIndex((keys) => keys.includes(key));
  const at = ROWS[row]?.indexOf(key) ?? -1;
  if (at < 0) return [];
  const around = [
    [row, at - 1],
    [row, at + 1],
    [row - 1, at],
    [row - 1, at + 1],
    [row + 1, at - 1],
    [row + 1, at],
  ] as const;
  return around.flatMap(([r, a]) => ROWS[r]?.[a] ?? []).filter((one) => /[a-z]/.test(one));
}

export function mistype(text: string, typo: Typo, random: () => number): string {
  const letters = [...text.matchAll(/[a-z]/g)].map(({ index }) => index);
  const at = letters[Math.floor(random() * letters.length)];
  if (at === undefined) return text;
  const key = text[at] ?? "";
  switch (typo) {
    case "neighbour": {
      const near = neighboursOf(key);
      return text.slice(0, at) + (near[Math.floor(random() * near.length)] ?? key) + text.slice(at + 1);
    }
    case "doubled":
      return text.slice(0, at) + key + text.slice(at);
    case "deleted":
      return text.slice(0, at) + text.slice(at + 1);
    case "swapped": {
      const next = text[at + 1];
      if (next === undefined || next === key) return text;
      return text.slice(0, at) + next + key + text.slice(at + 2);
    }
  }
}
