/** What modules have said once and for all, beyond the process. SQLite is loaded when the first of them does: most workers never pay for it. */
import type { ModuleMemory } from "../db/module-memory.ts";
import type { Login } from "../shared/ids.ts";

export interface OpenStore {
  isClaimed(module: string, key: string): Promise<boolean>;
  /** True for the first caller ever with this key in this module and channel. Durable before it resolves. */
  claim(module: string, key: string): Promise<boolean>;
  release(module: string, key: string): Promise<void>;
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
  const opened = () => {
    opening ??= open();
    return opening;
  };
  return {
    isClaimed: async (module, key) => (await opened()).isClaimed(module, key),
    claim: async (module, key) => (await opened()).claim(module, key),
    release: async (module, key) => (await opened()).release(module, key),
    async close() {
      const memory = await opening?.catch(() => undefined);
      memory?.close();
    },
  };
}
