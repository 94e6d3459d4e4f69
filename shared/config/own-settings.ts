/**
 * What a channel has of its own, as it is stored: single values by their key ("prefix",
 * "modules.announcements.stream_online.message"). How they are put together with what is configured. Pure; also for
 * workers.
 */
import * as v from "valibot";
import { ModuleSettings } from "./modules.ts";
import { isRecord, overlay, type Path, type Plain, setIn } from "./plain-tree.ts";

export const SettingKey = v.pipe(v.string(), v.maxLength(200), v.regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i));

/** As configured, and what stands above it. `revision`: the newest change that is in `own`; 0: there was none. */
export const WorkerSettings = v.object({
  prefix: v.string(),
  modules: ModuleSettings,
  own: v.optional(v.record(v.string(), v.unknown()), {}),
  revision: v.optional(v.number(), 0),
});
export type WorkerSettings = v.InferOutput<typeof WorkerSettings>;

/** What holds in the end. */
export interface EffectiveSettings {
  readonly prefix: string;
  readonly modules: ModuleSettings;
}

export const toPath = (key: string): Path => key.split(".");
export const toKey = (path: Path): string => path.join(".");

/** Single values as the tree that config.yaml would say them in. */
export function toTree(own: Readonly<Record<string, unknown>>): Plain {
  let tree: Plain = {};
  for (const [key, value] of Object.entries(own)) tree = setIn(tree, toPath(key), value);
  return tree;
}

export function toEffective({ prefix, modules, own }: WorkerSettings): EffectiveSettings {
  const tree = toTree(own);
  return {
    prefix: typeof tree.prefix === "string" ? tree.prefix : prefix,
    modules: mergeModules(modules, tree.modules),
  };
}

/** Key by key. What does not have the shape of settings can't take the rest with it. */
export function mergeModules(below: ModuleSettings, above: unknown): ModuleSettings {
  const merged = v.safeParse(ModuleSettings, isRecord(above) ? overlay(below, above) : below);
  return merged.success ? merged.output : below;
}
