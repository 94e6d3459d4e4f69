import { createRequire } from "node:module";
import { toError } from "../../../shared/errors.ts";
import { defineCheck, type Finding } from "../check.ts";

/** What better-sqlite3 and node-ipc ask for. */
const NODE_MIN = { major: 22, minor: 13 };

export default defineCheck({
  name: "node",
  async run() {
    return [judgeNode(process.versions.node), lookAtSqlite()];
  },
});

export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > NODE_MIN.major || (major === NODE_MIN.major && minor >= NODE_MIN.minor);
  return isEnough
    ? { level: "ok", says: `Node.js ${version}` }
    : {
        level: "fail",
        says: `Node.js ${version} is too old: ${NODE_MIN.major}.${NODE_MIN.minor} is needed`,
        fix: "use ./kissbot.sh, which brings its own",
      };
}

/** The one package with a part for this machine alone. */
function lookAtSqlite(): Finding {
  try {
    const Database = createRequire(import.meta.url)("better-sqlite3");
    const db = new Database(":memory:");
    const version = db.prepare("SELECT sqlite_version()").pluck().get();
    db.close();
    return { level: "ok", says: `SQLite ${version}` };
  } catch (problem) {
    return {
      level: "fail",
      says: `SQLite can't be loaded: ${toError(problem).message.split("\n")[0]}`,
      fix: "npm ci, with this same Node.js",
    };
  }
}
