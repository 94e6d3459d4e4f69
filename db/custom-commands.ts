import * as v from "valibot";
import { Login } from "../shared/ids.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

/** A command that a channel made for itself. */
export interface CustomCommand {
  readonly channel: Login;
  /** Without the prefix, in lower case. */
  readonly name: string;
  readonly template: string;
  /** What else was said about it; whoever runs it parses that. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly pointsCost: number;
  readonly cooldownSeconds: number;
}

export interface CustomCommands {
  /** By name. */
  of(channel: Login): readonly (CustomCommand & { readonly uses: number })[];
  /** Replaces one of that name; how often it was used stays. */
  put(command: CustomCommand, changedBy: string): void;
  /** False: there was none. */
  remove(channel: Login, name: string): boolean;
  /** How often it was used by now; undefined: there is none. */
  countUse(channel: Login, name: string): number | undefined;
}

const Row = v.pipe(
  v.object({
    channel: Login,
    name: v.string(),
    template: v.string(),
    options: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())),
    points_cost: v.number(),
    cooldown_seconds: v.number(),
    uses: v.number(),
  }),
  v.transform(({ points_cost: pointsCost, cooldown_seconds: cooldownSeconds, ...row }) => ({
    ...row,
    pointsCost,
    cooldownSeconds,
  })),
);

export function makeCustomCommands(db: Db): CustomCommands {
  const select = db.prepare(
    "SELECT channel, name, template, options, points_cost, cooldown_seconds, uses FROM custom_commands WHERE channel = ? ORDER BY name",
  );
  const upsert = db.prepare(
    `INSERT INTO custom_commands (channel, name, template, options, points_cost, cooldown_seconds, changed_by, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, unixepoch())
     ON CONFLICT (channel, name) DO UPDATE SET template = excluded.template, options = excluded.options,
       points_cost = excluded.points_cost, cooldown_seconds = excluded.cooldown_seconds,
       changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
  );
  const remove = db.prepare("DELETE FROM custom_commands WHERE channel = ? AND name = ?");
  const count = db
    .prepare("UPDATE custom_commands SET uses = uses + 1 WHERE channel = ? AND name = ? RETURNING uses")
    .pluck();
  return {
    of: (channel) => select.all(channel).map((raw) => v.parse(Row, raw)),
    put: makeWrite(db, (command: CustomCommand, changedBy: string) => {
      const { channel, name, template, options, pointsCost, cooldownSeconds } = command;
      upsert.run(channel, name, template, JSON.stringify(options), pointsCost, cooldownSeconds, changedBy);
    }),
    remove: makeWrite(db, (channel: Login, name: string) => remove.run(channel, name).changes > 0),
    countUse: makeWrite(db, (channel: Login, name: string) =>
      v.parse(v.optional(v.number()), count.get(channel, name)),
    ),
  };
}
