/** Pure: what was typed → a command's word and arguments. */
import { withoutInvisible } from "../invisible-text.ts";

export interface CommandText {
  /** Lower-case, without the prefix. */
  readonly word: string;
  readonly args: readonly string[];
  readonly rest: string;
}

/** undefined: plain talk. */
export function parseCommandText(text: string, prefix: string): CommandText | undefined {
  const visible = withoutInvisible(text).trim();
  if (!visible.startsWith(prefix)) return undefined;
  const [typed = "", ...args] = visible.slice(prefix.length).split(/\s+/);
  if (typed === "") return undefined;
  return {
    word: typed.toLowerCase(),
    args,
    rest: visible.slice(prefix.length + typed.length).trim(),
  };
}
