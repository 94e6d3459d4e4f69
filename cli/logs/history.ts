/** A log's lines over all its files: the one that is written now, and those that were put aside. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { compareRotated, findRotatedName, rotatedFileName } from "../../shared/log-files.ts";
import { type Judge, readLastLines } from "./last-lines.ts";

export interface History {
  /** Oldest first. */
  readonly lines: readonly string[];
  /** Where reading on begins in the file that is written now. */
  readonly endsAt: number;
}

/** The last `count` wanted lines; no older file is opened than they need. */
export function readHistory(file: string, count: number, judge: Judge): History {
  const aside = findPutAside(file);
  const { lines, endsAt, wantsOlder } = readLastLines(file, count, judge);
  const parts = [lines];
  let missing = count - lines.length;
  let isOver = !wantsOlder;
  for (const older of aside) {
    if (isOver) break;
    const read = readLastLines(older, missing, judge);
    parts.unshift(read.lines);
    missing -= read.lines.length;
    isOver = !read.wantsOlder;
  }
  return { lines: parts.flat(), endsAt };
}

/** Newest first. */
export function findPutAside(file: string): readonly string[] {
  const folder = dirname(file);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => findRotatedName(name) ?? [])
    .filter((rotated) => rotated.of === basename(file))
    .sort(compareRotated)
    .reverse()
    .map((rotated) => join(folder, rotatedFileName(rotated)));
}
