/**
 * What the audit log tells of: one row for each kind of event. docs/audit.md is written from this table, and a test
 * sees to it that each is really written somewhere. To add one, add its row here and write it where it happens.
 *
 * Details are few and plain, and never a secret: a token, a key or a passphrase is named by its fingerprint. What
 * strangers typed stands in a detail of its own and is cleaned where it is shown.
 */
import * as v from "valibot";

const Text = v.string();
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const nothing = v.strictObject({});
const because = v.strictObject({ because: Text });

interface AuditRow {
  /** What has happened when this is written. */
  readonly says: string;
  readonly details: v.GenericSchema<Record<string, AuditValue>>;
}
export type AuditValue = string | number | boolean | undefined;

export const auditTable = {
  "house-started": {
    says: "the supervisor runs and starts its children",
    details: v.strictObject({ pid: Count, adopted: Count }),
  },
  "house-stopped": {
    says: "the supervisor stopped, and everything with it; killed: who did not go by themselves",
    details: v.strictObject({ because: Text, killed: Text }),
  },
  "child-fell": {
    says: "a process of the house ended without being asked to",
    details: v.strictObject({ child: Text, exit: Text }),
  },
  "child-killed": {
    says: "a process of the house was killed by the supervisor",
    details: v.strictObject({ child: Text, because: Text }),
  },
  "child-given-up": {
    says: "a process of the house is not started any more until somebody does something",
    details: v.strictObject({ child: Text, because: Text }),
  },
  "channel-added": { says: "a channel is served from now on", details: nothing },
  "channel-removed": { says: "a channel is served no more", details: nothing },
  "channel-enabled": { says: "a channel was enabled", details: nothing },
  "channel-disabled": { says: "a channel was disabled", details: nothing },
  "channel-started": { says: "a channel that was stopped was started", details: nothing },
  "channel-stopped": { says: "a channel was stopped until it is started again", details: nothing },
  "config-reloaded": {
    says: "config.yaml was read again while the house ran",
    details: v.strictObject({ changes: Text }),
  },
  "token-stored": {
    says: "an account's tokens were stored: a login, an import, or new ones in the configuration",
    details: v.strictObject({ account: Text, because: Text }),
  },
  "token-refreshed": { says: "an account's token was renewed", details: v.strictObject({ account: Text }) },
  "token-failed": {
    says: "Twitch accepts an account's token no more: somebody must log in anew",
    details: v.strictObject({ account: Text, because: Text }),
  },
  "token-revoked": {
    says: "an account's tokens were given back to Twitch and forgotten",
    details: v.strictObject({ account: Text }),
  },
  "eventsub-connected": {
    says: "the connection that brings Twitch's events stands",
    details: v.strictObject({ transport: Text }),
  },
  "eventsub-lost": { says: "the connection that brings Twitch's events was lost", details: because },
  "database-migrated": {
    says: "the database was brought to a newer schema",
    details: v.strictObject({ from: Count, to: Count }),
  },
  "key-rotated": {
    says: "secrets were encrypted anew with a new key",
    details: v.strictObject({ from: Text, to: Text, secrets: Count }),
  },
  "data-imported": {
    says: "data of another installation came over",
    details: v.strictObject({ from: Text, summary: Text }),
  },
  "setting-changed": {
    says: "a setting was changed; value and history stand in `settings log`",
    details: v.strictObject({ key: Text, revision: Count }),
  },
  "setting-undone": {
    says: "a setting was put back to what it was",
    details: v.strictObject({ key: Text, revision: Count }),
  },
  "crowd-collapsed": {
    says: "a moderator settled what a name means",
    details: v.strictObject({ domain: Text, name: Text, choice: Text }),
  },
  "crowd-undone": {
    says: "a moderator took back what a name meant; choice: what it meant until then",
    details: v.strictObject({ domain: Text, name: Text, choice: Text }),
  },
  "backup-made": {
    says: "a backup of the database was made",
    details: v.strictObject({ file: Text, bytes: Count, tookMs: Count }),
  },
  "backup-failed": {
    says: "a backup could not be made or checked",
    details: v.strictObject({ during: v.picklist(["create", "verify"]), because: Text }),
  },
  "backup-verified": {
    says: "a backup was restored beside the house and compared: it can be relied upon",
    details: v.strictObject({ file: Text, tables: Count, rows: Count }),
  },
  "backup-restored": {
    says: "the database was replaced by a backup; aside: where the one before lies",
    details: v.strictObject({ file: Text, aside: Text }),
  },
} as const satisfies Record<string, AuditRow>;

export type AuditEventName = keyof typeof auditTable;
export const AUDIT_EVENTS = Object.keys(auditTable) as readonly AuditEventName[];
export const isAuditEvent = (name: string): name is AuditEventName => Object.hasOwn(auditTable, name);

export type AuditDetails<Name extends AuditEventName> = v.InferInput<(typeof auditTable)[Name]["details"]>;

/** What writes: a process of the house, or the command line. */
export type AuditSource = "supervisor" | "hub" | "worker" | "cli" | "backup";
