/** A checkout on a machine where the engine's addon was never built: what runs, copied, and no addon beside it. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { checkoutFolder } from "../../shared/home.ts";

export interface BareCheckout {
  readonly folder: string;
  readonly supervisorProgram: string;
  readonly cliProgram: string;
  remove(): void;
}

/** Found again by a link: too large to copy, and the same for all. */
const LINKED = ["node_modules"];
/** What only builds and tests need, and what an installation makes as it runs. */
const LEFT_OUT = [".git", "tests", "docs", "bench", "data", "logs", "pids", ...LINKED];
const isLeftOut = (path: string) => basename(path) === "target" || /\.(?:node.*|map|log)$/.test(path);

export function makeBareCheckout(): BareCheckout {
  const folder = mkdtempSync(join(tmpdir(), "kissbot-bare-checkout-"));
  for (const name of readdirSync(checkoutFolder).filter((one) => !LEFT_OUT.includes(one))) {
    const filter = (path: string) => !isLeftOut(path);
    cpSync(join(checkoutFolder, name), join(folder, name), { recursive: true, filter });
  }
  for (const name of LINKED) symlinkSync(join(checkoutFolder, name), join(folder, name));
  if (existsSync(join(folder, "engine", "kissbot-engine.node")))
    throw new Error("the addon was copied as well");
  return {
    folder,
    supervisorProgram: join(folder, "bin", "supervisor"),
    cliProgram: join(folder, "cli", "main.ts"),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
