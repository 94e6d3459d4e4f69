/** kissbot.sh reads the verbs out of their files with sed, before anything is installed: it must find every one. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findVerbs } from "../../cli/find-verbs.ts";
import { checkoutFolder } from "../../shared/home.ts";

const kissbot = (...args: readonly string[]) =>
  spawnSync(join(checkoutFolder, "kissbot.sh"), args, { encoding: "utf8", cwd: "/" });
const verbs = await findVerbs(undefined);

test.each(verbs.map(({ name, summary }) => [name, summary]))("help shows %s", (name, summary) => {
  const { stdout, status } = kissbot("help");
  expect(status).toBe(0);
  expect(stdout).toContain(`  ${name.padEnd(15)} ${summary}\n`);
});

test.each(["dance", ".*", "", "start now", "../../etc/passwd"])(
  "the verb %j is none, and help is shown",
  (verb) => {
    const { stderr, status } = kissbot(verb, "x");
    expect(status).toBe(64);
    expect(stderr).toContain("./kissbot.sh help <verb> explains one of them");
  },
);
