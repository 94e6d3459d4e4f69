/** What modules themselves demand of their settings: the one place where the command line meets the worker's modules. */
import type { ModuleSchemas } from "../../shared/config/check-module.ts";
import { findModules } from "../../worker/find-modules.ts";
import { loadModuleFiles } from "../../worker/modules-folder.ts";

/** Takes a moment: every module is loaded. @throws KissError bad-module */
export const loadModuleSchemas = async (): Promise<ModuleSchemas> =>
  new Map(findModules(await loadModuleFiles()).map(({ name, config }) => [name, config]));
