import type { ModuleSchemas } from "../../shared/config/check-module.ts";
import { type KeyNode, toKeyTree } from "../../shared/config/key-tree.ts";

/** Pure: each module's settings as they stand under `modules`. */
export const toModuleTrees = (schemas: ModuleSchemas): readonly KeyNode[] =>
  [...schemas].map(([name, schema]) => toKeyTree(schema, ["modules", name]));
