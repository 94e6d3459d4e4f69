/** Modules that exist to be refused, to fail, to be slow: what no real module should do. */
import * as v from "valibot";
import { type Answer, type AnyModule, defineModule, effects, inLane, refused } from "../../worker/module.ts";
import { say } from "../../worker/outputs/chat.ts";

const settings = v.strictObject({});
const atOnce = { perUser: 0, perChannel: 0 };
const start = () => undefined;
const SLOW_MS = 1_000;

export const testModules: readonly AnyModule[] = [
  defineModule({
    name: "roll",
    summary: "Has a cooldown.",
    config: v.strictObject({ sides: v.optional(v.pipe(v.number(), v.integer()), 6) }),
    commands: [
      {
        words: ["roll", "dice"],
        usage: "roll [sides]",
        who: "everyone",
        cooldownMs: { perUser: 30_000, perChannel: 5_000 },
        run({ args }, { config }) {
          const sides = args[0] === undefined ? config.sides : Number(args[0]);
          return Number.isInteger(sides) ? effects(say({ text: `1d${sides}` })) : refused("bad-arguments");
        },
      },
    ],
    start,
  }),
  defineModule({
    name: "ranks",
    summary: "Has a command for each rank.",
    config: settings,
    commands: (["subscriber", "vip", "moderator", "broadcaster"] as const).map((who) => ({
      words: [`for${who}`] as [string],
      usage: `for${who}`,
      who,
      cooldownMs: atOnce,
      run: () => effects(say({ text: "welcome" })),
    })),
    start,
  }),
  defineModule({
    name: "words",
    summary: "Says what it is told, to everybody.",
    config: settings,
    commands: [
      {
        words: ["shout"],
        usage: "shout <text>",
        who: "everyone",
        cooldownMs: atOnce,
        run: ({ rest }) => effects(say({ text: rest, reply: false })),
      },
      {
        words: ["long"],
        usage: "long",
        who: "everyone",
        cooldownMs: atOnce,
        run: () => effects(say({ text: "x".repeat(600) })),
      },
      {
        words: ["twice"],
        usage: "twice",
        who: "everyone",
        cooldownMs: atOnce,
        run: () => effects(say({ text: "one" }), say({ text: "two" })),
      },
      {
        words: ["lanes"],
        usage: "lanes",
        who: "everyone",
        cooldownMs: atOnce,
        run: () =>
          effects(
            inLane("model", say({ text: "a thought" })),
            say({ text: "an answer" }),
            inLane("moderation", say({ text: "stop that" })),
          ),
      },
    ],
    start,
  }),
  defineModule({
    name: "broken",
    summary: "Fails in every way there is.",
    config: settings,
    topics: ["stream.offline"],
    onEvent() {
      throw new Error("it broke on an event");
    },
    commands: [
      {
        words: ["throws"],
        usage: "throws",
        who: "everyone",
        cooldownMs: { perUser: 60_000, perChannel: 60_000 },
        run() {
          throw new Error("it broke");
        },
      },
      {
        words: ["surplus"],
        usage: "surplus",
        who: "everyone",
        cooldownMs: atOnce,
        run: () => ({ is: "nothing", andMore: true }) as Answer,
      },
      {
        words: ["nowhere"],
        usage: "nowhere",
        who: "everyone",
        cooldownMs: atOnce,
        run: () => effects({ output: "smoke-signals", payload: { text: "puff" } }),
      },
      {
        words: ["never"],
        usage: "never",
        who: "everyone",
        cooldownMs: atOnce,
        run: () => new Promise<Answer>(() => {}),
      },
    ],
    start,
  }),
  defineModule({
    name: "slow",
    summary: "Thinks for a while.",
    config: settings,
    commands: [
      {
        words: ["slow"],
        usage: "slow [seconds]",
        who: "everyone",
        cooldownMs: atOnce,
        run: ({ args }, { clock }) =>
          new Promise<Answer>((resolve) => {
            clock.after(Number(args[0] ?? 1) * SLOW_MS, () => resolve(effects(say({ text: "at last" }))));
          }),
      },
    ],
    start,
  }),
];
