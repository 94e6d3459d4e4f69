/** What channels have of their own above their configuration, with its history. Each change is told of in the audit log in the same transaction. */
import * as v from "valibot";
import type { AuditSource } from "../shared/audit-events.ts";
import type { Millis } from "../shared/clock.ts";
import { Login } from "../shared/ids.ts";
import { makeAuditLog } from "./audit-log.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

export const SETTING_VIAS = ["chat", "cli", "web"] as const;
export type SettingVia = (typeof SETTING_VIAS)[number];

export interface Revision {
  readonly revision: number;
  readonly channel: Login;
  readonly key: string;
  /** undefined: nothing of its own, what is configured holds. */
  readonly before: unknown;
  readonly after: unknown;
  readonly person: string;
  readonly via: SettingVia;
  /** The revision that this one takes back. */
  readonly undoes: number | undefined;
  readonly at: Millis;
}

export interface Author {
  readonly person: string;
  readonly via: SettingVia;
}

export type Changed =
  | { readonly is: "changed"; readonly revision: Revision }
  /** It stood like that already. */
  | { readonly is: "same" };

export type Undone =
  | { readonly is: "undone"; readonly undone: Revision; readonly revision: Revision }
  | { readonly is: "nothing-to-undo" }
  /** Somebody else has changed the same since; theirs is not taken away unasked. */
  | { readonly is: "changed-since"; readonly undone: Revision; readonly since: Revision };

export interface SettingsBook {
  /** By key, with the revision that set it. */
  of(channel: Login): ReadonlyMap<string, { readonly value: unknown; readonly revision: number }>;
  /** As it stood right after that revision. */
  at(channel: Login, revision: number): ReadonlyMap<string, unknown>;
  /** Of every channel that has something of its own, or had. */
  all(): ReadonlyMap<Login, { readonly own: Readonly<Record<string, unknown>>; readonly revision: number }>;
  /** `after` undefined: nothing of its own any more. */
  change(channel: Login, key: string, after: unknown, author: Author): Changed;
  /** What `undo` would take back. */
  undoable(channel: Login, via: SettingVia): Revision | undefined;
  /** Takes back the newest change that came by `author.via` and was not taken back yet. */
  undo(channel: Login, author: Author): Undone;
  /** Everything as it stood right after that revision. */
  restore(channel: Login, revision: number, author: Author): readonly Revision[];
  /** Newest first. */
  log(wish: {
    readonly channel?: Login | undefined;
    readonly key?: string | undefined;
    readonly countMax: number;
  }): readonly Revision[];
  find(revision: number): Revision | undefined;
  /** Of all channels; 0 when there is none. Costs next to nothing. */
  newest(): number;
}

/** Of one channel; the oldest go, but never what holds. */
export const REVISIONS_KEPT = 2_000;

const Json = v.nullable(v.pipe(v.string(), v.parseJson()));
const Row = v.pipe(
  v.object({
    revision: v.number(),
    channel: Login,
    key: v.string(),
    before: Json,
    after: Json,
    person: v.string(),
    via: v.picklist(SETTING_VIAS),
    undoes: v.nullable(v.number()),
    changed_at: v.number(),
  }),
  v.transform(
    ({ changed_at, before, after, undoes, ...row }): Revision => ({
      ...row,
      before: before ?? undefined,
      after: after ?? undefined,
      undoes: undoes ?? undefined,
      at: changed_at,
    }),
  ),
);
const COLUMNS = "revision, channel, key, before, after, person, via, undoes, changed_at";

export function makeSettingsBook(db: Db, source: AuditSource, wall: () => Millis = Date.now): SettingsBook {
  const audit = makeAuditLog(db, source, wall);
  const newestOfKeys = `SELECT ${COLUMNS} FROM settings_revisions
    WHERE revision IN (SELECT max(revision) FROM settings_revisions`;
  const selectOf = db.prepare(`${newestOfKeys} WHERE channel = ? GROUP BY key)`);
  const selectAll = db.prepare(`${newestOfKeys} GROUP BY channel, key) ORDER BY revision`);
  const selectAt = db.prepare(`${newestOfKeys} WHERE channel = ? AND revision <= ? GROUP BY key)`);
  const selectKey = db.prepare(
    `SELECT ${COLUMNS} FROM settings_revisions WHERE channel = ? AND key = ? ORDER BY revision DESC LIMIT 1`,
  );
  const selectLog = db.prepare(
    `SELECT ${COLUMNS} FROM settings_revisions
     WHERE (@channel IS NULL OR channel = @channel) AND (@key IS NULL OR key = @key)
     ORDER BY revision DESC LIMIT @countMax`,
  );
  const selectOne = db.prepare(`SELECT ${COLUMNS} FROM settings_revisions WHERE revision = ?`);
  const selectUndoable = db.prepare(
    `SELECT ${COLUMNS} FROM settings_revisions AS own
     WHERE channel = @channel AND via = @via AND undoes IS NULL
       AND NOT EXISTS (SELECT 1 FROM settings_revisions WHERE channel = @channel AND undoes = own.revision)
     ORDER BY revision DESC LIMIT 1`,
  );
  const selectNewest = db.prepare("SELECT max(revision) FROM settings_revisions").pluck();
  const insert = db.prepare(
    `INSERT INTO settings_revisions (channel, key, before, after, person, via, undoes, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const prune = db.prepare(
    `DELETE FROM settings_revisions WHERE channel = @channel
       AND revision <= (SELECT revision FROM settings_revisions WHERE channel = @channel
                        ORDER BY revision DESC LIMIT 1 OFFSET ${REVISIONS_KEPT})
       AND revision NOT IN (SELECT max(revision) FROM settings_revisions WHERE channel = @channel GROUP BY key)`,
  );
  const one = (raw: unknown): Revision | undefined => (raw === undefined ? undefined : v.parse(Row, raw));
  const many = (raws: readonly unknown[]): readonly Revision[] => raws.map((raw) => v.parse(Row, raw));
  const newest = (channel: Login, key: string) => one(selectKey.get(channel, key));
  const get = (revision: number): Revision => v.parse(Row, selectOne.get(revision));

  const write = (
    channel: Login,
    key: string,
    after: unknown,
    { person, via }: Author,
    undoes?: number,
  ): Changed => {
    const before = newest(channel, key)?.after;
    if (isSame(before, after)) return { is: "same" };
    const { lastInsertRowid } = insert.run(
      channel,
      key,
      toJson(before),
      toJson(after),
      person,
      via,
      undoes ?? null,
      Math.round(wall()),
    );
    const revision = Number(lastInsertRowid);
    prune.run({ channel });
    audit.write(
      undoes === undefined ? "setting-changed" : "setting-undone",
      { key, revision },
      { channel, person },
    );
    return { is: "changed", revision: get(revision) };
  };

  const undoable = (channel: Login, via: SettingVia) => one(selectUndoable.get({ channel, via }));

  const undo = (channel: Login, author: Author): Undone => {
    const undone = undoable(channel, author.via);
    if (!undone) return { is: "nothing-to-undo" };
    const since = newest(channel, undone.key);
    if (since && !isSame(since.after, undone.after)) return { is: "changed-since", undone, since };
    const changed = write(channel, undone.key, undone.before, author, undone.revision);
    return changed.is === "changed"
      ? { is: "undone", undone, revision: changed.revision }
      : { is: "nothing-to-undo" };
  };

  const at = (channel: Login, revision: number): ReadonlyMap<string, unknown> =>
    new Map(many(selectAt.all(channel, revision)).map(({ key, after }) => [key, after]));

  const restore = (channel: Login, revision: number, author: Author): readonly Revision[] => {
    const then = at(channel, revision);
    return many(selectOf.all(channel)).flatMap(({ key }) => {
      const changed = write(channel, key, then.get(key), author);
      return changed.is === "changed" ? [changed.revision] : [];
    });
  };

  return {
    of: (channel) =>
      new Map(
        many(selectOf.all(channel))
          .filter(({ after }) => after !== undefined)
          .map(({ key, after, revision }) => [key, { value: after, revision }]),
      ),
    at,
    all: () => gather(many(selectAll.all())),
    change: makeWrite(db, (channel: Login, key: string, after: unknown, author: Author) =>
      write(channel, key, after, author),
    ),
    undoable,
    undo: makeWrite(db, undo),
    restore: makeWrite(db, restore),
    log: ({ channel, key, countMax }) =>
      many(selectLog.all({ channel: channel ?? null, key: key ?? null, countMax })),
    find: (revision) => one(selectOne.get(revision)),
    newest: () => Number(selectNewest.get() ?? 0),
  };
}

function gather(revisions: readonly Revision[]): ReturnType<SettingsBook["all"]> {
  const channels = new Map<Login, { own: Record<string, unknown>; revision: number }>();
  for (const { channel, key, after, revision } of revisions) {
    const known = channels.get(channel) ?? { own: {}, revision: 0 };
    const own = after === undefined ? known.own : { ...known.own, [key]: after };
    channels.set(channel, { own, revision: Math.max(known.revision, revision) });
  }
  return channels;
}

const toJson = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
const isSame = (a: unknown, b: unknown): boolean => toJson(a) === toJson(b);
