import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChildId } from "../../shared/ids.ts";
import { type ChildState, newChild } from "../child-spec.ts";
import { type Incident, type Sight, toSight } from "./incidents.ts";
import {
  type AlertMemory,
  nothingOpen,
  OUTBOX_MAX,
  planAlerts,
  QUIET_FOR_MS,
  STALE_AFTER_MS,
  toWebhookBody,
} from "./plan-alerts.ts";

const hub = v.parse(ChildId, "hub");
const reauth: Incident = { key: "hub needs-reauth", child: hub, text: "log in" };
const sight = (incidents: readonly Incident[], isAtWork = true): Sight => ({
  incidents,
  atWork: new Set(isAtWork ? [hub] : []),
  present: new Set([hub]),
});
const told = ({ outbox }: AlertMemory) => outbox.map(({ event, key }) => `${event} ${key}`);

/** A row: when, what is seen. */
const play = (rows: readonly (readonly [at: number, seen: Sight])[]) =>
  rows.reduce((memory, [at, seen]) => planAlerts(memory, seen, at), nothingOpen);

describe("an incident is told of", () => {
  test("once, however long it lasts and whoever looks", () => {
    const memory = play([
      [0, sight([reauth])],
      [1_000, sight([reauth])],
      [9e9, sight([reauth])],
    ]);
    // Nobody took it for a day: it is no news any more, and the incident is still known.
    expect(told(memory)).toEqual([]);
    expect(memory.open).toHaveLength(1);
    expect(
      told(
        play([
          [0, sight([reauth])],
          [1_000, sight([reauth])],
        ]),
      ),
    ).toEqual(["incident-began hub needs-reauth"]);
  });

  test("and once more when it has been over for a while", () => {
    const begun = [0, sight([reauth])] as const;
    const quiet = [1_000, sight([])] as const;
    expect(told(play([begun, quiet]))).toEqual(["incident-began hub needs-reauth"]);
    const over = play([begun, quiet, [1_000 + QUIET_FOR_MS, sight([])]]);
    expect(told(over)).toEqual(["incident-began hub needs-reauth", "incident-over hub needs-reauth"]);
    expect(over.open).toEqual([]);
  });

  test("a child that is away proves nothing, and one that told again was never quiet", () => {
    const away = sight([], false);
    expect(
      play([
        [0, sight([reauth])],
        [1_000, away],
        [9_000, away],
      ]).open,
    ).toHaveLength(1);
    const flicker = play([
      [0, sight([reauth])],
      [1_000, sight([])],
      [2_000, sight([reauth])],
      [2_000 + QUIET_FOR_MS, sight([])],
    ]);
    expect(told(flicker)).toEqual(["incident-began hub needs-reauth"]);
  });

  test("whoever is wanted no more has no incidents", () => {
    const gone: Sight = { incidents: [], atWork: new Set(), present: new Set() };
    const memory = play([
      [0, sight([reauth])],
      [1_000, gone],
      [1_000 + QUIET_FOR_MS, gone],
    ]);
    expect(told(memory)).toContain("incident-over hub needs-reauth");
  });

  test("the same memory comes back when there is nothing new", () => {
    const memory = play([[0, sight([reauth])]]);
    expect(planAlerts(memory, sight([reauth]), 5_000)).toBe(memory);
    expect(planAlerts(nothingOpen, sight([]), 5_000)).toBe(nothingOpen);
  });
});

test("whatever is seen: began and over take turns for each incident, and nothing grows without bounds", () => {
  const keys = ["a", "b", "c"];
  const seen = fc.record({
    stepMs: fc.integer({ min: 0, max: 20_000 }),
    keys: fc.subarray(keys),
    isAtWork: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 200 }), (steps) => {
      let memory = nothingOpen;
      let at = 0;
      for (const step of steps) {
        at += step.stepMs;
        const incidents = step.keys.map((key) => ({ key, child: hub, text: key }));
        memory = planAlerts(memory, sight(incidents, step.isAtWork), at);
      }
      expect(memory.outbox.length).toBeLessThanOrEqual(OUTBOX_MAX);
      expect(memory.outbox.every((one) => at - one.at < STALE_AFTER_MS)).toBe(true);
      for (const key of keys) {
        const of = memory.outbox.filter((one) => one.key === key).map(({ event }) => event);
        of.forEach((event, place) => {
          if (place > 0) expect(event).not.toBe(of[place - 1]);
        });
        const isOpen = memory.open.some((one) => one.key === key);
        if (of.length > 0) expect(of.at(-1) === "incident-began").toBe(isOpen);
      }
    }),
  );
});

test("what is posted says the same to those who read text and to those who read content", () => {
  const [alert] = play([[0, sight([reauth])]]).outbox;
  if (!alert) throw new Error("nothing was told");
  const body = toWebhookBody(alert, "box");
  expect(body.text).toBe("KissBot on box: log in");
  expect(body.content).toBe(body.text);
  expect(body).toMatchObject({ event: "incident-began", incident: "hub needs-reauth", child: "hub" });
});

describe("what the children tell", () => {
  const spec = { id: hub } as Parameters<typeof newChild>[0];
  const member = (state: ChildState, waits: ReturnType<typeof newChild>["waits"] = []) => ({
    child: { ...newChild(spec), state, waits },
    errors: [],
  });
  const running: ChildState = { is: "running", pid: 1, lastSign: 0 };
  const well = { hasLooked: false, damage: undefined };
  const wait = { stage: "ready", for: "operator", detail: "log in", code: "needs-reauth" } as const;

  test("a wait for the operator is an incident, once for both of its stages", () => {
    const seen = toSight(
      [
        member(running, [
          { ...wait, until: undefined },
          { ...wait, stage: "eventsub", until: undefined },
        ]),
      ],
      well,
      0,
    );
    expect(seen.incidents).toEqual([reauth]);
    expect([...seen.atWork]).toEqual([hub]);
  });

  test("other waits are not, nor one that has run out", () => {
    const others = [
      { ...wait, for: "twitch" as const, until: undefined },
      { ...wait, until: 5 },
    ];
    expect(toSight([member(running, others)], well, 10).incidents).toEqual([]);
  });

  test("a broadcaster whose login was lost is one, until that is over", () => {
    const lost = {
      kind: "lasting",
      code: "login-lost-bob",
      detail: "bob has to log in anew",
      at: 0,
    } as const;
    const seen = (overAt: number | undefined) =>
      toSight([{ ...member(running), errors: [{ ...lost, overAt }] }], well, 10).incidents.map(
        ({ key }) => key,
      );
    expect(seen(undefined)).toEqual(["hub login-lost-bob"]);
    expect(seen(5)).toEqual([]);
  });

  test("a child that was given up is one, with what to do", () => {
    const seen = toSight([member({ is: "given-up", because: "bad-config" })], well, 0);
    expect(seen.incidents).toMatchObject([{ key: "hub given-up", text: expect.stringContaining("reload") }]);
    expect(seen.atWork.size).toBe(0);
  });

  test("a damaged database is one of the house's own, over when a look finds it sound", () => {
    const damaged = toSight([member(running)], { hasLooked: true, damage: "it is damaged" }, 0);
    expect(damaged.incidents).toEqual([
      { key: "database-damaged", child: "supervisor", text: "it is damaged" },
    ]);
    const began = planAlerts(nothingOpen, damaged, 0);
    const lookedLater = (house: { readonly hasLooked: boolean; readonly damage: undefined }, at: number) =>
      planAlerts(planAlerts(began, toSight([], house, 0), at), toSight([], house, 0), at + QUIET_FOR_MS);
    // A successor has not looked yet.
    expect(lookedLater({ hasLooked: false, damage: undefined }, 1).open).toHaveLength(1);
    const over = lookedLater({ hasLooked: true, damage: undefined }, 1);
    expect(over.open).toEqual([]);
    expect(over.outbox.map(({ event }) => event)).toEqual(["incident-began", "incident-over"]);
  });
});
