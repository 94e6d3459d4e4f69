import { describe, expect, test } from "vitest";
import { parseConfig } from "../load-config.ts";
import { OLD_KEYS } from "./old-names.ts";
import { getIn } from "./plain-tree.ts";

const BASE = {
  twitch: { client_id: "abc", bot_login: "kissbot", tokens: { kissbot: { access_token: "aaa" } } },
};

/** The base with one old key in it. */
function withOld(name: string, value: unknown, base: object = BASE): string {
  const [section = "", ...rest] = name.split(".");
  const inner = rest.reduceRight<unknown>((below, key) => ({ [key]: below }), value);
  const own = (base as Readonly<Record<string, object>>)[section];
  return JSON.stringify({ ...base, [section]: own ? { ...own, ...(inner as object) } : inner });
}

describe("old names with the same meaning", () => {
  test.each([
    ["twitch.prefix", "?", "commands.prefix", "?"],
    ["logging.level", "WARNING", "log.level", "warn"],
    ["logging.level", "INFO", "log.level", "info"],
    ["apis.rawg_key", "k3y", "games.rawg.key", "k3y"],
    ["rawg.api_key", "k3y", "games.rawg.key", "k3y"],
    ["apis.timeout", 10, "games.deadline_seconds", 6],
    [
      "announcements.stream_online",
      { enabled: false },
      "modules.announcements.stream_online",
      { enabled: false },
    ],
    [
      "announcements.stream_offline",
      { enabled: true },
      "modules.announcements.stream_offline",
      { enabled: true },
    ],
    ["announcements.monitoring.polling_interval", 90, "twitch.eventsub.poll_seconds", 90],
    ["eventsub.req_rate_per_s", 4, "twitch.eventsub.creates_per_second", 4],
    ["drakon.enabled", true, "ranker.enabled", true],
    ["drakon.url", "http://127.0.0.1:8080", "ranker.url", "http://127.0.0.1:8080"],
    ["drakon.timeout", 5, "ranker.timeout_seconds", 2],
  ])("%s: %j is taken as %s: %j", (old, value, now, taken) => {
    const parsed = parseConfig(withOld(old, value));
    if (parsed.is !== "right") throw new Error(JSON.stringify(parsed));
    expect(getIn(parsed.config, now.split("."))).toEqual(taken);
    expect(parsed.warnings).toEqual([
      { line: 1, path: old, says: `is called ${now} now; it is taken as that` },
    ]);
    expect(parsed.originOf(now.split("."))).toMatchObject({ is: "file", line: 1 });
  });

  test("bot_login_name stands where twitch.bot_login is missing", () => {
    const { bot_login: _, ...twitch } = BASE.twitch;
    const parsed = parseConfig(JSON.stringify({ bot_login_name: "kissbot", twitch }));
    expect(parsed).toMatchObject({ is: "right", config: { twitch: { bot_login: "kissbot" } } });
  });

  test("an old name beside its new one is refused: which of them would count?", () => {
    const parsed = parseConfig(withOld("twitch.prefix", "?", { ...BASE, commands: { prefix: "!" } }));
    expect(parsed).toMatchObject({
      is: "wrong",
      problems: [{ path: "twitch.prefix", says: expect.stringContaining("remove one of them") }],
    });
  });
});

const of = (is: string) => Object.entries(OLD_KEYS).filter(([, old]) => old.is === is);

test.each(of("needless"))("%s is skipped with a warning", (name) => {
  const parsed = parseConfig(withOld(name, "x"));
  expect(parsed).toMatchObject({
    is: "right",
    warnings: [{ path: name, says: expect.stringContaining("no longer needed") }],
  });
});

test.each(of("elsewhere"))("%s is refused with where the thing is now", (name) => {
  const parsed = parseConfig(withOld(name, { x: 1 }));
  expect(parsed).toMatchObject({
    is: "wrong",
    problems: [{ path: name, says: expect.stringMatching(/^an old name: /) }],
  });
});

test.each(of("moved"))("%s leads to a key that there is", (_name, old) => {
  const { to } = old as { readonly to: string };
  const parsed = parseConfig(withOld(to, { not: "right" }));
  const says = parsed.is === "wrong" ? parsed.problems.map((one) => one.says).join() : "";
  expect(says).not.toContain("there is no such key; there are twitch");
});

test("the user_id that stood beside tokens is skipped with a warning", () => {
  const parsed = parseConfig(
    JSON.stringify({ twitch: { ...BASE.twitch, tokens: { kissbot: { access_token: "aaa", user_id: 7 } } } }),
  );
  expect(parsed).toMatchObject({ is: "right", warnings: [{ path: "twitch.tokens.kissbot.user_id" }] });
});
