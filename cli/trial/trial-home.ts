/** An installation for an hour: a home of its own under the system's temporary folder, removed afterwards. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findHome, type Home } from "../../shared/home.ts";

export interface TrialHome {
  readonly home: Home;
  writeConfig(text: string): void;
  remove(): void;
}

export function makeTrialHome(environment: NodeJS.ProcessEnv): TrialHome {
  // Short, because socket paths are short: the kernel takes 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), "kb-"));
  const home = findHome({ ...environment, KISSBOT_HOME: folder });
  return {
    home,
    writeConfig(text) {
      mkdirSync(join(folder, "config"), { recursive: true, mode: 0o700 });
      writeFileSync(home.configFile, text, { mode: 0o600 });
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
      // Elsewhere when the folder's path was too long for sockets.
      if (existsSync(home.run)) rmSync(home.run, { recursive: true, force: true });
    },
  };
}
