/** A table for a terminal: columns as wide as their widest cell, two spaces between them. Pure. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Where the terminal is too narrow for all, the column with the smallest number goes first; without, it stays. */
  readonly goes?: number;
  /** Of those that stay, the column with the smallest number is narrowed first; without, the widest. Numbers never are. */
  readonly narrows?: number;
  /** Cells that are too wide are broken over several lines; without, they are cut. */
  readonly breaks?: true;
}

export interface TableRow {
  readonly cells: readonly string[];
  /** Stands below the row, indented, and is never cut. */
  readonly note?: string | undefined;
  /** Each line of the note is given to it after it was measured. */
  readonly paintNote?: (line: string) => string;
}

const GAP = "  ";
const NOTE_INDENT = "    ";
/** No cell is narrowed further, and no text broken into shorter lines. */
const NARROWEST = 12;

/** The first line holds the titles. No line ends in spaces; none is wider than `width`, but for notes where hardly anything fits. */
export function renderTable(columns: readonly Column[], rows: readonly TableRow[], width: number): string[] {
  const measured = columns.map((column, at) => ({
    column,
    at,
    wide: rows.reduce((most, row) => Math.max(most, row.cells[at]?.length ?? 0), column.title.length),
  }));
  const shown = narrowTo(fitInto(measured, width), width);
  const renderCells = (cells: readonly string[]): string[] => {
    const broken = shown.map(({ column, at, wide }) =>
      column.breaks ? wrap(cells[at] ?? "", wide) : [cut(cells[at] ?? "", wide)],
    );
    const height = Math.max(1, ...broken.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      cut(
        shown
          .map(({ column, wide }, nth) => {
            const cell = broken[nth]?.[line] ?? "";
            return column.align === "right" ? cell.padStart(wide) : cell.padEnd(wide);
          })
          .join(GAP)
          .trimEnd(),
        width,
      ),
    );
  };
  return [
    ...renderCells(columns.map((column) => column.title)),
    ...rows.flatMap(({ cells, note, paintNote = (line) => line }) => [
      ...renderCells(cells),
      ...(note === undefined ? [] : hang(NOTE_INDENT, note, width).map(paintNote)),
    ]),
  ];
}

interface Measured {
  readonly column: Column;
  readonly wide: number;
}

const excessOver = (columns: readonly Measured[], width: number): number =>
  columns.reduce((sum, { wide }) => sum + wide + GAP.length, -GAP.length) - width;

function fitInto<M extends Measured>(columns: readonly M[], width: number): readonly M[] {
  if (excessOver(columns, width) <= 0) return columns;
  const mayGo = columns.filter(({ column }) => column.goes !== undefined);
  const first = mayGo.toSorted((a, b) => (a.column.goes ?? 0) - (b.column.goes ?? 0))[0];
  return first
    ? fitInto(
        columns.filter((one) => one !== first),
        width,
      )
    : columns;
}

/** Each gives what it can before the next has to. */
function narrowTo<M extends Measured>(columns: readonly M[], width: number): readonly M[] {
  const excess = excessOver(columns, width);
  const leastOf = ({ column }: M) => Math.max(NARROWEST, column.title.length);
  const orderOf = ({ column }: M) => column.narrows ?? Number.MAX_SAFE_INTEGER;
  const next = columns
    .filter((one) => one.column.align === "left" && one.wide > leastOf(one))
    .toSorted((a, b) => orderOf(a) - orderOf(b) || b.wide - a.wide)[0];
  if (excess <= 0 || !next) return columns;
  const narrowed = { ...next, wide: Math.max(leastOf(next), next.wide - excess) };
  return narrowTo(
    columns.map((one) => (one === next ? narrowed : one)),
    width,
  );
}

/** Broken between words; a word that is wider than the line is broken, too. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(...breakWord(word, width));
  }
  return lines;
}

/** What reads as one character: an emoji with its skin colour is not taken apart. */
const characters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** `text` up to the character that stands at `at`. */
const upTo = (text: string, at: number): string =>
  text.slice(0, characters.segment(text).containing(Math.max(0, at))?.index ?? 0);

function breakWord(word: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = word;
  while (rest.length > width) {
    // A single character that is wider than the line stays whole.
    const line = upTo(rest, width) || (characters.segment(rest).containing(0)?.segment ?? rest);
    lines.push(line);
    rest = rest.slice(line.length);
  }
  return rest === "" && lines.length > 0 ? lines : [...lines, rest];
}

/** Wrapped behind a label, under its own first line. */
export function hang(label: string, text: string, width: number): readonly string[] {
  const indent = " ".repeat(label.length);
  return wrap(text, Math.max(NARROWEST, width - label.length)).map(
    (line, at) => `${at === 0 ? label : indent}${line}`,
  );
}

/** At most `width` long; a cut text ends in an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${upTo(text, width - 1)}…`;
}
