/** What modules remember beyond the process. SQLite is loaded when the first of them does: most workers never pay for it. */
import type { ModuleMemory } from "../db/module-memory.ts";
import type { Login } from "../shared/ids.ts";

export interface OpenStore {
  claim(module: string, key: string): Promise<boolean>;
  close(): Promise<void>;
}

export function makeModuleStore(databaseFile: string, channel: Login): OpenStore {
  let opening: Promise<ModuleMemory> | undefined;
  const open = async () => {
    try {
      const { openModuleMemory } = await import("../db/module-memory.ts");
      return openModuleMemory(databaseFile, channel);
    } catch (problem) {
      // A database that could not be opened may be there the next time.
      opening = undefined;
      throw problem;
    }
  };
  return {
    async claim(module, key) {
      opening ??= open();
      return (await opening).claim(module, key);
    },
    async close() {
      const memory = await opening?.catch(() => undefined);
      memory?.close();
    },
  };
}
