/**
 * The folder is the registry: every file or folder in worker/modules is one module, but for those that begin with
 * _ and tests. The bundler replaces exactly this file by static imports of the same files.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface ModuleFile {
  /** Within worker/modules: "ping.ts", "quotes/index.ts". */
  readonly file: string;
  readonly exported: unknown;
}

const FOLDER = join(import.meta.dirname, "modules");

export async function loadModuleFiles(): Promise<readonly ModuleFile[]> {
  const entries = await readdir(FOLDER, { withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.name.startsWith("_") && !entry.name.endsWith(".test.ts"))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/index.ts` : entry.name))
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const loaded: { default?: unknown } = await import(pathToFileURL(join(FOLDER, file)).href);
      return { file, exported: loaded.default };
    }),
  );
}
