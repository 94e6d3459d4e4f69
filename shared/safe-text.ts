/**
 * Text from strangers on a terminal. Control characters could move the cursor, change the title or paint over other
 * lines; bidirectional marks could make a line read as another. They are shown as what they are. Pure.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must not pass
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

export function safeText(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** As safeText, in quotation marks that cannot be faked from inside. */
export function quoteStranger(text: string): string {
  return `"${safeText(text).replaceAll('"', '\\"')}"`;
}
