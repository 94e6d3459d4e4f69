/** SQL stands in db/, one file for each noun; whoever reads a database file as a file is named here. */
import { expect, test } from "vitest";
import { readSources } from "../support/source-graph.ts";

/** Copies and compares whole databases, whatever their tables; and asks the library which version it is. */
const OTHERS = [
  "backup/database-copy.ts",
  "backup/digest.ts",
  "backup/settle-database.ts",
  "cli/doctor/checks/node.ts",
  // How often its own connection carries the log over.
  "hub/open-journal.ts",
];
const SQL =
  /\.(prepare|pragma)\(|\b(SELECT|INSERT INTO|DELETE FROM|UPDATE)\s[^"'`]{0,200}\b(FROM|VALUES|WHERE|SET)\b/;

test("no SQL outside db/", () => {
  const found = readSources()
    .filter(({ path }) => !path.endsWith(".test.ts") && !/^(db|tests|bench)\//.test(path))
    .filter(({ text }) => SQL.test(text))
    .map(({ path }) => path);
  expect(found.sort()).toEqual([...OTHERS].sort());
});
