/**
 * The settings this channel lives by, and its modules awake with them. New settings come while it runs: only a module
 * whose own settings became others is started anew, all others keep their memory. One change after the other.
 */
import { type EffectiveSettings, toEffective, type WorkerSettings } from "../shared/config/own-settings.ts";
import type { Logger } from "../shared/log.ts";
import { awakenModules, type SharedRoom, stopModules } from "./awaken-modules.ts";
import type { AnyModule } from "./module.ts";
import { type AwakeModule, makeRegistry, type Registry } from "./registry.ts";

export interface LiveSettings {
  readonly prefix: string;
  readonly registry: Registry;
  awake(): readonly AwakeModule[];
  now(): WorkerSettings;
  /** Resolves when they hold. What we know of is not taken back by somebody who has not heard of it yet. */
  take(settings: WorkerSettings): Promise<void>;
  stop(): Promise<void>;
}

export async function startLiveSettings(using: {
  readonly settings: WorkerSettings;
  readonly modules: readonly AnyModule[];
  readonly room: Omit<SharedRoom, "prefix">;
  readonly log: Logger;
  readonly onTrouble: (code: string, detail: string) => void;
  /** After each change that was taken: what modules want to hear may be something else now. */
  readonly onChanged: () => void;
}): Promise<LiveSettings> {
  const { modules, log, onTrouble } = using;
  let settings = using.settings;
  let effective = toEffective(settings);
  let changes: Promise<void> = Promise.resolve();
  const awaken = (which: readonly AnyModule[], { prefix, modules: all }: EffectiveSettings) =>
    awakenModules({ modules: which, settings: all, room: { ...using.room, prefix }, log, onTrouble });
  let awake = await awaken(modules, effective);
  let registry = makeRegistry(awake);

  const change = async (wanted: WorkerSettings) => {
    const isOlder = wanted.revision < settings.revision;
    settings = isOlder ? { ...wanted, own: settings.own, revision: settings.revision } : wanted;
    const before = effective;
    const next = toEffective(settings);
    const changed = modules.filter(({ name }) => !isSame(before.modules[name], next.modules[name]));
    if (changed.length === 0 && before.prefix === next.prefix) return;
    log.info(
      { modules: changed.map(({ name }) => name), prefix: next.prefix },
      "other settings are taken over",
    );
    const names = new Set(changed.map(({ name }) => name));
    const theirs = Object.entries(next.modules).filter(([name]) => names.has(name));
    const woken = await awaken(changed, { prefix: next.prefix, modules: Object.fromEntries(theirs) });
    const replaced = awake.filter(({ definition }) => names.has(definition.name));
    const kept = awake
      .filter(({ definition }) => !names.has(definition.name))
      .map((one) => ({ ...one, room: { ...one.room, prefix: next.prefix } }));
    effective = next;
    awake = inOrder(modules, [...kept, ...woken]);
    registry = makeRegistry(awake);
    using.onChanged();
    await stopModules(replaced, log);
  };

  return {
    get prefix() {
      return effective.prefix;
    },
    get registry() {
      return registry;
    },
    awake: () => awake,
    now: () => settings,
    take(wanted) {
      const taken = changes.then(() => change(wanted));
      changes = taken.catch((problem: unknown) => log.error({ err: problem }, "settings could not be taken"));
      return taken;
    },
    async stop() {
      await changes;
      await stopModules(awake, log);
    },
  };
}

const inOrder = (modules: readonly AnyModule[], awake: readonly AwakeModule[]): readonly AwakeModule[] =>
  modules.flatMap((module) => awake.filter(({ definition }) => definition === module));

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
