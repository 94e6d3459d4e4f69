/** Builds an index without the addon: the catalogue that ships, and a file of titles. As core/src/catalogue.rs reads them. */
import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildReport } from "../native-addon.ts";
import { buildTitles, type Entry, mergeEntries } from "./build-titles.ts";

const CATALOGUE = join(import.meta.dirname, "..", "catalogue.tsv");
const CATALOGUE_FROM = 130;
const CATALOGUE_STEP = 1.25;
const COUNTED_MOST = 119;
const COUNTED_LEAST = 4;
const COUNT_SCALE_MIN = 40;
/** As the crate's. */
const TITLES_FILE_BYTES_MAX = 256 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** C0 and C1: no title holds them. */
const CONTROL = /\p{Cc}/u;

export function buildFallbackIndex(order: {
  readonly titles: string | undefined;
  readonly to: string;
  readonly withAliases: boolean;
  readonly now: number;
}): BuildReport {
  const startedAt = performance.now();
  const shipped = parseCatalogue(readFileSync(CATALOGUE, "utf8"), order.withAliases);
  const read = order.titles === undefined ? { entries: [], skipped: 0 } : readTitles(order.titles);
  const entries = mergeEntries([...shipped, ...read.entries]);
  const bytes = buildTitles(entries, order.now);
  writeWhole(order.to, bytes);
  return {
    titles: entries.length,
    skipped: read.skipped,
    bytes: bytes.length,
    tookMs: performance.now() - startedAt,
  };
}

/** Pure. */
export function parseCatalogue(text: string, withAliases: boolean): readonly Entry[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [title = "", year, renown, ...names] = line.split("\t");
      const aliases = names.flatMap((column) => column.split("|").filter(Boolean));
      const clamped = Math.min(100, Math.max(0, Number(renown) || 1));
      return {
        title,
        year: Number(year) || undefined,
        popularity: Math.floor(CATALOGUE_FROM + CATALOGUE_STEP * clamped),
        aliases: withAliases ? aliases : [],
      };
    });
}

/** Pure. */
export function parseTitles(text: string): { readonly entries: readonly Entry[]; readonly skipped: number } {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  const rows = lines
    .map((line) => line.split("\t"))
    .map(([title = "", count = "1", year]) => ({
      title: title.trim(),
      count: Number(count) || 1,
      year: Number(year) || undefined,
    }))
    .filter(({ title }) => title !== "" && !CONTROL.test(title));
  const most = rows.reduce((top, { count }) => Math.max(top, count), COUNT_SCALE_MIN);
  const entries = rows.map(({ title, count, year }) => ({
    title,
    year,
    popularity: Math.floor(COUNTED_LEAST + (COUNTED_MOST * Math.log(Math.max(1, count))) / Math.log(most)),
    aliases: [],
  }));
  return { entries, skipped: lines.length - entries.length };
}

/** @throws when there is no title in it: an index without them would take the place of one that has them */
function readTitles(file: string): ReturnType<typeof parseTitles> {
  const titles = parseTitles(readText(file).toString("utf8"));
  if (titles.entries.length === 0) throw new Error(`${file}: there is no title in it`);
  return titles;
}

/** What a device or a pipe will give, its length does not tell. */
function readText(file: string): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const chunks: Buffer[] = [];
    for (let bytes = 0; bytes <= TITLES_FILE_BYTES_MAX; ) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const read = readSync(descriptor, chunk);
      if (read === 0) return Buffer.concat(chunks);
      // No text has a zero.
      if (chunk.subarray(0, read).includes(0)) throw new Error(`${file}: it is no text`);
      chunks.push(chunk.subarray(0, read));
      bytes += read;
    }
    throw new Error(`${file}: it has more than ${TITLES_FILE_BYTES_MAX} bytes`);
  } finally {
    closeSync(descriptor);
  }
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const fresh = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(fresh, bytes, { flush: true });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
