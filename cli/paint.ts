/** Colour for eyes only: on a terminal that can show it, never in a pipe or a file. */
import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

export const plainPaint: Paint = (_style, text) => text;
export const colourPaint: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** `hasColors` knows NO_COLOR, TERM=dumb and the like. */
export function choosePaint(stream: { readonly isTTY?: boolean; hasColors?(): boolean }): Paint {
  return stream.isTTY === true && stream.hasColors?.() === true ? colourPaint : plainPaint;
}
