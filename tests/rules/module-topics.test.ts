/** What logins are asked for is derived from a table, because no login loads a module: the table says what modules say. */
import * as v from "valibot";
import { expect, test } from "vitest";
import { Login } from "../../shared/ids.ts";
import { moduleTopics, topicsOfModules } from "../../shared/twitch/module-topics.ts";
import { scopesOfBot, scopesOfBroadcaster } from "../../shared/twitch/scopes.ts";
import { Topic, topics } from "../../shared/twitch/topics.ts";
import { SCOPES } from "../../sim/id/scopes.ts";
import { findModules } from "../../worker/find-modules.ts";
import type { AnyModule } from "../../worker/module.ts";
import { loadModuleFiles } from "../../worker/modules-folder.ts";

const modules = findModules(await loadModuleFiles());

const topicsOf = ({ config, topics: wish = [] }: AnyModule, settings: object): readonly Topic[] =>
  typeof wish === "function" ? v.parse(v.array(Topic), wish(v.parse(config, settings))) : wish;

const named = (name: string, settings: Record<string, unknown>) =>
  topicsOfModules({ [name]: settings })
    .filter(({ module }) => module === name)
    .map(({ topic }) => topic);

const sorted = (topics: readonly string[]) => [...topics].sort();

test.each(modules.map((one) => [one.name, one] as const))(
  "%s wants what the table says",
  (name, definition) => {
    expect(sorted(named(name, {}))).toEqual(sorted(topicsOf(definition, {})));
    for (const [part, topic] of Object.entries(moduleTopics[name]?.whenEnabled ?? {})) {
      const settings = { [part]: { enabled: true } };
      expect(sorted(named(name, settings))).toEqual(sorted(topicsOf(definition, settings)));
      expect(named(name, settings)).toContain(topic);
    }
  },
);

/** Every key of its settings that can be switched on by itself. */
test.each(modules.map((one) => [one.name, one] as const))(
  "no switch of %s wants more than the table knows",
  (name, definition) => {
    const switches = Object.keys(v.parse(definition.config, {}) ?? {});
    for (const part of switches) {
      const settings = { [part]: { enabled: true } };
      if (!v.is(definition.config, settings)) continue;
      expect(sorted(named(name, settings))).toEqual(sorted(topicsOf(definition, settings)));
    }
  },
);

test("whatever is enabled, a login is asked for scopes that Twitch knows", () => {
  const channel = v.parse(Login, "alice");
  for (const transport of ["websocket", "conduit"] as const)
    for (const chat of [
      { transport: "irc", send: "auto" } as const,
      { transport: "eventsub", send: "helix" } as const,
    ]) {
      const wanted = topics.map((topic) => ({ topic, module: "any" }));
      const channels = [{ channel, chat, topics: wanted }];
      const features = { botLogin: v.parse(Login, "kissbot"), transport, isProbing: true, channels };
      const asked = [...scopesOfBot(features), ...scopesOfBroadcaster(features, channel)];
      expect(asked.filter(({ scope }) => !SCOPES.has(scope))).toEqual([]);
    }
});

test("the table names no module that is not there", () => {
  const names = modules.map(({ name }) => name);
  expect(Object.keys(moduleTopics).filter((name) => !names.includes(name))).toEqual([]);
});
