/** The modules that are awake in this channel, and who listens to what. */
import type { Topic } from "../shared/twitch/topics.ts";
import type { Answer, AnyModule, CommandCall, CommandDefinition, ModuleRoom } from "./module.ts";
import type { ChatMessage, EventSignal } from "./signal.ts";

/** A module that was started, with its room and memory in hand. */
export interface AwakeModule {
  readonly definition: AnyModule;
  readonly room: ModuleRoom<unknown>;
  readonly memory: unknown;
  /** What it wants to hear with the settings it has. */
  readonly topics: readonly Topic[];
}

export interface Command {
  readonly module: string;
  readonly definition: CommandDefinition<unknown, unknown>;
  run(call: CommandCall): Promise<Answer> | Answer;
}

export interface Listener {
  readonly module: string;
  hear(signal: EventSignal): Promise<Answer> | Answer;
}

export interface Registry {
  findCommand(word: string): Command | undefined;
  /** A line of plain talk that one of the modules waits for. */
  findReply(message: ChatMessage): { readonly command: Command; readonly call: CommandCall } | undefined;
  listeners(topic: Topic): readonly Listener[];
  hasListeners(topic: Topic): boolean;
  commands(): readonly Command[];
  topics(): readonly Topic[];
}

export function makeRegistry(awake: readonly AwakeModule[]): Registry {
  const commands = awake.flatMap(toCommands);
  const byWord = new Map(commands.flatMap((one) => one.definition.words.map((word) => [word, one])));
  const expecting = awake.filter(({ definition }) => definition.expects);
  const topics = [...new Set(awake.flatMap((one) => one.topics))];
  const byTopic = new Map(
    topics.map((topic) => [topic, awake.flatMap((one) => toListener(one, topic))] as const),
  );
  return {
    findCommand: (word) => byWord.get(word),
    findReply(message) {
      for (const { definition, memory } of expecting) {
        const expected = definition.expects?.(message, memory);
        const command = expected && byWord.get(expected.command);
        if (!expected || command?.module !== definition.name) continue;
        const { rest } = expected;
        const args = rest.split(" ");
        return { command: withoutCooldown(command), call: { message, word: expected.command, args, rest } };
      }
      return undefined;
    },
    listeners: (topic) => byTopic.get(topic) ?? [],
    hasListeners: (topic) => byTopic.has(topic),
    commands: () => commands,
    topics: () => topics,
  };
}

function toCommands({ definition, room, memory }: AwakeModule): readonly Command[] {
  return (definition.commands ?? []).map((command) => ({
    module: definition.name,
    definition: command,
    run: (call) => command.run(call, room, memory),
  }));
}

/** Whoever was asked may answer at once. */
const withoutCooldown = (command: Command): Command => ({
  ...command,
  definition: { ...command.definition, cooldownMs: { perUser: 0, perChannel: 0 } },
});

function toListener({ definition, room, memory, topics }: AwakeModule, topic: Topic): readonly Listener[] {
  const { onEvent } = definition;
  if (!onEvent || !topics.includes(topic)) return [];
  return [{ module: definition.name, hear: (signal) => onEvent(signal, room, memory) }];
}
