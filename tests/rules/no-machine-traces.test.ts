/** The repository is for everybody: nothing of the machine it was written on stands in it. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkoutFolder } from "../../shared/home.ts";

const git = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
  cwd: checkoutFolder,
  encoding: "utf8",
});
const files = git.status === 0 ? git.stdout.split("\0").filter((file) => file !== "") : [];

const TRACES: readonly (readonly [string, RegExp])[] = [
  // Written so that this file does not contain what it looks for.
  ["a path of the author's machine", /(?<![\w.-])\/(?:work|root)\/(?=[\w.])/],
  [
    "the address of a package registry",
    /https?:\/\/[\w.-]*(?:registry|npmmirror|artifactory|verdaccio|nexus)[\w.-]*/i,
  ],
];
const BINARY = /\.(png|jpe?g|gif|ico|woff2?|node|db)$/;

test.skipIf(git.status !== 0)("no committed file names the author's machine or registry", () => {
  const found = files
    .filter((file) => !BINARY.test(file))
    .flatMap((file) => {
      const lines = readIfThere(file).split("\n");
      return lines.flatMap((line, at) =>
        TRACES.filter(([, pattern]) => pattern.test(line)).map(([what]) => `${file}:${at + 1}: ${what}`),
      );
    });
  expect(found).toEqual([]);
});

/** A file that was deleted and not yet committed as such is still listed. */
function readIfThere(file: string): string {
  try {
    return readFileSync(join(checkoutFolder, file), "utf8");
  } catch {
    return "";
  }
}
