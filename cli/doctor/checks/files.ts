import { accessSync, constants, type Stats, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { findKeySource } from "../../../shared/key-source.ts";
import { environmentOfHouse } from "../../house/environment-of-house.ts";
import type { Desk } from "../../verb.ts";
import { defineCheck, type Finding } from "../check.ts";

interface Kept {
  readonly path: string;
  readonly isFolder: boolean;
}

/** Readable, writable or usable by anybody but the owner. */
const OTHERS = 0o077;

export default defineCheck({
  name: "files",
  async run(desk) {
    const problems = keptIn(desk).flatMap((one) => judge(one, findStats(one.path)));
    const writable = judgeHome(desk.home.folder);
    return [writable, ...(problems.length > 0 ? problems : [allPrivate])];
  },
});

const allPrivate: Finding = { level: "ok", says: "whatever holds secrets is readable by its owner only" };

/** What holds secrets or leads to them. */
function keptIn(desk: Desk): readonly Kept[] {
  const { home } = desk;
  const key = findKeySource(home.folder, environmentOfHouse(desk));
  return [
    { path: home.configFile, isFolder: false },
    { path: home.database, isFolder: false },
    { path: dirname(home.database), isFolder: true },
    { path: home.run, isFolder: true },
    ...(key.is === "file" ? [{ path: key.file, isFolder: false }] : []),
  ];
}

export function judge(
  { path, isFolder }: Kept,
  stats: Pick<Stats, "mode" | "uid"> | undefined,
): readonly Finding[] {
  if (!stats) return [];
  const findings: Finding[] = [];
  const wanted = isFolder ? "700" : "600";
  if ((stats.mode & OTHERS) !== 0)
    findings.push({
      level: "warn",
      says: `others may get at ${path} (${(stats.mode & 0o777).toString(8)})`,
      fix: `chmod ${wanted} ${path}`,
    });
  const uid = process.getuid?.();
  if (uid !== undefined && uid !== 0 && stats.uid !== uid)
    findings.push({
      level: "warn",
      says: `${basename(path)} belongs to another user than the one that asks`,
      fix: "run doctor as the user that runs KissBot, or give that user the file",
    });
  return findings;
}

function judgeHome(folder: string): Finding {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return { level: "ok", says: `${folder} can be written to` };
  } catch {
    return {
      level: "fail",
      says: `${folder} can't be written to`,
      fix: "give the folder to the user that runs KissBot",
    };
  }
}

function findStats(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
