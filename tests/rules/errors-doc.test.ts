import { join } from "node:path";
import { expect, test } from "vitest";
import { errorTable } from "../../shared/errors.ts";
import { checkoutFolder } from "../../shared/home.ts";

interface Row {
  readonly message: string;
  readonly hint: string;
  readonly forViewer?: string;
  readonly exitCode?: number;
}

function toPage(table: Readonly<Record<string, Row>>): string {
  const rows = Object.entries(table).map(([code, { message, hint, forViewer, exitCode }]) =>
    [`\`${code}\``, message, hint, forViewer ?? "", exitCode ?? ""].join(" | "),
  );
  return [
    "# Errors",
    "",
    "Every error that KissBot throws on purpose, from the table in `shared/errors.ts`. An exit code is set where the",
    "error ends a process; 78 means: the configuration is wrong, trying again changes nothing. What a viewer may read",
    "is said in chat. Do not edit: `npx vitest run --project rules -u` writes this page.",
    "",
    "| code | what happened | what to do | said to a viewer | exit code |",
    "|---|---|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}

test("docs/errors.md says what the table says", async () => {
  await expect(toPage(errorTable)).toMatchFileSnapshot(join(checkoutFolder, "docs", "errors.md"));
});
