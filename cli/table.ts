/** A table for a terminal: columns as wide as their widest cell, two spaces between them. Pure. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Where the terminal is too narrow for all, the column with the smallest number goes first; without, it stays. */
  readonly goes?: number;
}

export interface TableRow {
  readonly cells: readonly string[];
  /** Stands below the row, indented. */
  readonly note?: string | undefined;
}

const GAP = "  ";
const NOTE_INDENT = "    ";

/** The first line holds the titles. No line ends in spaces, none is wider than `width`. */
export function renderTable(columns: readonly Column[], rows: readonly TableRow[], width: number): string[] {
  const measured = columns.map((column, at) => ({
    column,
    at,
    wide: rows.reduce((most, row) => Math.max(most, row.cells[at]?.length ?? 0), column.title.length),
  }));
  const shown = fitInto(measured, width);
  const renderCells = (cells: readonly string[]) =>
    cut(
      shown
        .map(({ column, at, wide }) => {
          const cell = cells[at] ?? "";
          return column.align === "right" ? cell.padStart(wide) : cell.padEnd(wide);
        })
        .join(GAP)
        .trimEnd(),
      width,
    );
  return [
    renderCells(columns.map((column) => column.title)),
    ...rows.flatMap((row) => [
      renderCells(row.cells),
      ...(row.note === undefined ? [] : [cut(`${NOTE_INDENT}${row.note}`, width)]),
    ]),
  ];
}

interface Measured {
  readonly column: Column;
  readonly wide: number;
}

function fitInto<M extends Measured>(columns: readonly M[], width: number): readonly M[] {
  const total = columns.reduce((sum, { wide }) => sum + wide + GAP.length, -GAP.length);
  if (total <= width) return columns;
  const mayGo = columns.filter(({ column }) => column.goes !== undefined);
  const first = mayGo.toSorted((a, b) => (a.column.goes ?? 0) - (b.column.goes ?? 0))[0];
  return first
    ? fitInto(
        columns.filter((one) => one !== first),
        width,
      )
    : columns;
}

/** Broken between words; a word that is wider than the line is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(cut(word, width));
  }
  return lines;
}

/** What reads as one character: an emoji with its skin colour is not taken apart. */
const characters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** `text` up to the character that stands at `at`. */
const upTo = (text: string, at: number): string =>
  text.slice(0, characters.segment(text).containing(Math.max(0, at))?.index ?? 0);

/** At most `width` long; a cut text ends in an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${upTo(text, width - 1)}…`;
}
