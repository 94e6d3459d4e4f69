/**
 * Gives each module its own part of the configuration and starts it. One whose part is wrong, or that can't start,
 * sleeps in this channel and says so; the others don't notice.
 */
import * as v from "valibot";
import { toError } from "../shared/errors.ts";
import { describeIssues } from "../shared/ipc/link.ts";
import type { Logger } from "../shared/log.ts";
import { Topic } from "../shared/twitch/topics.ts";
import type { AnyModule, ModuleRoom } from "./module.ts";
import type { AwakeModule } from "./registry.ts";

export type SharedRoom = Omit<ModuleRoom<unknown>, "config" | "log">;

export async function awakenModules(using: {
  readonly modules: readonly AnyModule[];
  /** Each module's settings by its name, as the operator wrote them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly room: SharedRoom;
  readonly log: Logger;
  readonly onTrouble: (code: string, detail: string) => void;
}): Promise<readonly AwakeModule[]> {
  const { modules, settings, log } = using;
  const names = new Set(modules.map((module) => module.name));
  for (const unknown of Object.keys(settings).filter((name) => !names.has(name))) {
    log.warn({ module: unknown }, "the configuration speaks of a module that does not exist");
    using.onTrouble("unknown-module", `modules.${unknown} in the configuration: there is no such module`);
  }

  const sleeps = (module: string, because: string, problem?: unknown) => {
    log.warn({ module, because, ...(problem !== undefined && { err: toError(problem) }) }, "module sleeps");
    using.onTrouble("module-sleeps", `${module}: ${because}`);
  };
  const awaken = async (definition: AnyModule): Promise<readonly AwakeModule[]> => {
    const { name } = definition;
    const config = v.safeParse(definition.config, Object.hasOwn(settings, name) ? settings[name] : {});
    if (!config.success) {
      sleeps(name, `modules.${name} in the configuration: ${describeIssues(config.issues)}`);
      return [];
    }
    const room: ModuleRoom<unknown> = {
      ...using.room,
      config: config.output,
      log: log.child({ module: name }),
    };
    try {
      const topics = wantedTopics(definition, config.output);
      return [{ definition, room, memory: await definition.start(room), topics }];
    } catch (problem) {
      sleeps(name, "it could not start", problem);
      return [];
    }
  };
  return (await Promise.all(modules.map(awaken))).flat();
}

/** @throws when the module's function does, or answers with what is no topic */
function wantedTopics({ topics = [] }: AnyModule, config: unknown): readonly Topic[] {
  return typeof topics === "function" ? v.parse(v.array(Topic), topics(config)) : topics;
}

/** What a module does last; one that fails at it has no time left to matter. */
export async function stopModules(awake: readonly AwakeModule[], log: Logger): Promise<void> {
  const stop = async ({ definition, memory }: AwakeModule) => {
    try {
      await definition.stop?.(memory);
    } catch (problem) {
      log.error({ module: definition.name, err: toError(problem) }, "a module failed to stop");
    }
  };
  await Promise.all(awake.map(stop));
}
