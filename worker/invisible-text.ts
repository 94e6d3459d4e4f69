/**
 * Characters nobody sees: tag characters, zero-width and direction marks, invisible operators, the byte order mark.
 * Text has been hidden in them to steer bots; clients append U+034F (formerly U+E0000) to repeat a line
 * (Chatterino/chatterino2#6417).
 */
const INVISIBLE = /[\u{E0000}-\u{E01FF}\u200B-\u200F\u2028-\u202F\u2060-\u206F\uFEFF]|\u034F/gu;

export const withoutInvisible = (text: string): string => text.replace(INVISIBLE, "");
