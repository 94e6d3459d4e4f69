import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { Login } from "../../shared/ids.ts";
import { parseConfig } from "../../shared/load-config.ts";
import { showChannel, showHouse } from "./shown-values.ts";

const alice = v.parse(Login, "alice");
const bob = v.parse(Login, "bob");
const schemas = new Map([
  ["dice", v.strictObject({ sides: v.optional(v.number(), 6), title: v.optional(v.string(), "Dice") })],
]);

const load = (text: string, environment: NodeJS.ProcessEnv = {}) => {
  const loaded = parseConfig(text, { moduleSchemas: schemas, environment });
  if (loaded.is !== "right") throw new Error(JSON.stringify(loaded));
  return loaded;
};
const configOf = (more: object = {}, twitch: object = {}) =>
  JSON.stringify({
    twitch: {
      client_id: "abc",
      bot_login: "kissbot",
      tokens: { kissbot: { access_token: "aaa" } },
      channels: ["alice", { name: "bob", prefix: "?", modules: { dice: { sides: 8 } } }],
      ...twitch,
    },
    ...more,
  });

test("every value is shown with where it comes from", () => {
  const loaded = load(configOf({ log: { level: "warn" } }), { KISSBOT_LOG__KEEP_DAYS: "3" });
  const shown = new Map(showHouse(loaded, schemas).map((one) => [one.key, one]));
  expect(shown.get("log.level")).toMatchObject({ value: "warn", from: { is: "file", line: 1 } });
  expect(shown.get("log.keep_days")).toMatchObject({
    value: 3,
    from: { is: "environment", variable: "KISSBOT_LOG__KEEP_DAYS" },
  });
  expect(shown.get("log.rotate_mb")).toMatchObject({ value: 10, from: { is: "default" } });
  expect(shown.get("modules.dice.sides")).toMatchObject({ value: 6, from: { is: "default" } });
});

test("of a channel: what it has of its own, then what stands beside its name, then the house's", () => {
  const loaded = load(configOf({ commands: { prefix: "+" }, modules: { dice: { title: "House" } } }));
  const own = new Map([["modules.dice.sides", { value: 20, revision: 7 }]]);
  const ofBob = new Map(showChannel(bob, loaded, schemas, own).map((one) => [one.key, one]));
  expect(ofBob.get("prefix")).toMatchObject({ value: "?", from: { is: "file" } });
  expect(ofBob.get("modules.dice.sides")).toMatchObject({ value: 20, from: { is: "database", revision: 7 } });
  expect(ofBob.get("modules.dice.title")).toMatchObject({ value: "House", from: { is: "file" } });
  const ofAlice = new Map(showChannel(alice, loaded, schemas, new Map()).map((one) => [one.key, one]));
  expect(ofAlice.get("prefix")).toMatchObject({ value: "+" });
  expect(ofAlice.get("modules.dice.sides")).toMatchObject({ value: 6, from: { is: "default" } });
  expect(ofAlice.get("weight")).toMatchObject({ value: 1, from: { is: "default" } });
});

test("whatever secrets are, they are not shown, from the file or from the environment", () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9]{20,30}$/);
  fc.assert(
    fc.property(secret, secret, secret, secret, secret, (access, refresh, client, key, password) => {
      const text = configOf(
        {
          games: { rawg: { key } },
          alerts: { webhook: `https://example.org/${key}` },
          backup: { passphrase: password },
        },
        {
          client_secret: client,
          tokens: { kissbot: { access_token: access, refresh_token: refresh } },
          urls: { helix: `https://proxy:${password}@example.org/helix` },
        },
      );
      const environment = { KISSBOT_TWITCH__TOKENS__KISSBOT__ACCESS_TOKEN: access };
      for (const loaded of [load(text), load(text, environment)]) {
        const shown = JSON.stringify([
          showHouse(loaded, schemas),
          showChannel(bob, loaded, schemas, new Map()),
        ]);
        for (const one of [access, refresh, client, key, password]) expect(shown).not.toContain(one);
      }
    }),
    { numRuns: 30 },
  );
});
