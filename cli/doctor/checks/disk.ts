import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { defineCheck, type Finding } from "../check.ts";

const MB = 1_024 * 1_024;
const GB = 1_024 * MB;
/** Room for a write-ahead log, a migration's copy and some days of logs. */
const LITTLE_BYTES = 1 * GB;
const NONE_BYTES = 100 * MB;

export default defineCheck({
  name: "disk",
  async run({ home }) {
    const folder = existsSync(dirname(home.database)) ? dirname(home.database) : home.folder;
    try {
      const { bavail, bsize, ffree, files } = await statfs(folder);
      return [judgeRoom(bavail * bsize), ...judgeFiles(ffree, files)];
    } catch {
      return [
        {
          level: "warn",
          says: "nobody could say how much room is left",
          fix: `look at the disk of ${folder}`,
        },
      ];
    }
  },
});

export function judgeRoom(bytes: number): Finding {
  const free = bytes >= GB ? `${(bytes / GB).toFixed(1)} GB` : `${Math.floor(bytes / MB)} MB`;
  if (bytes >= LITTLE_BYTES) return { level: "ok", says: `${free} free` };
  return {
    level: bytes < NONE_BYTES ? "fail" : "warn",
    says: `${free} free`,
    fix: "make room on this disk: logs/ and backups are what grows",
  };
}

/** Some file systems count none. */
const judgeFiles = (free: number, all: number): readonly Finding[] =>
  all > 0 && free === 0
    ? [{ level: "fail", says: "the disk takes no new file", fix: "remove files on this disk" }]
    : [];
