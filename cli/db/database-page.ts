/** `db status` for eyes. Pure. */
import type { DatabaseFacts } from "../../db/examine.ts";
import type { RingFound } from "../../db/secrets/key-chest.ts";

const KB = 1_024;
const size = (bytes: number): string =>
  bytes >= KB * KB ? `${(bytes / KB / KB).toFixed(1)} MB` : `${Math.ceil(bytes / KB)} kB`;

export function renderDatabase(facts: DatabaseFacts): readonly string[] {
  const rows = Object.entries(facts.rows);
  const width = Math.max(...rows.map(([table]) => table.length), 0);
  const schema =
    facts.missing.length === 0
      ? `${facts.schema}, the newest`
      : `${facts.schema}; ./kissbot.sh db migrate, or the next start, applies ${facts.missing.join(", ")}`;
  return [
    `file     ${facts.file}`,
    `size     ${size(facts.bytes)}, and ${size(facts.walBytes)} of write-ahead log`,
    `schema   ${schema}`,
    `copies   ${facts.copies.length === 0 ? "none made before a migration" : `${facts.copies.length} made before migrations, the newest ${facts.copies.at(-1)}`}`,
    "",
    ...rows.map(([table, count]) => `  ${table.padEnd(width)}  ${count}`),
  ];
}

export interface KeyLine {
  readonly level: "ok" | "warn" | "fail";
  readonly says: string;
}

/** Pure: how key and secrets fit, each key by its fingerprint. */
export function describeKeys(
  where: string,
  found: RingFound,
  facts: Pick<DatabaseFacts, "sealedWith" | "unsealed">,
): readonly KeyLine[] {
  const sealed = Object.entries(facts.sealedWith);
  const unsealed: readonly KeyLine[] =
    facts.unsealed > 0
      ? [
          {
            level: "warn",
            says: `${facts.unsealed} accounts' tokens are still in the clear: ./kissbot.sh start encrypts them`,
          },
        ]
      : [];
  if (found.is === "missing") {
    return sealed.length === 0
      ? [{ level: "ok", says: `no key yet, and nothing that needs one; it is made at ${where}` }, ...unsealed]
      : [
          {
            level: "fail",
            says: `no key at ${where}, and ${total(sealed)} secrets that need ${names(sealed)}`,
          },
          ...unsealed,
        ];
  }
  if (found.is === "wrong") return [{ level: "fail", says: `${where}: ${found.problem}` }, ...unsealed];
  const known = new Set(found.ring.map(({ fingerprint }) => fingerprint));
  const orphans = sealed.filter(([fingerprint]) => !known.has(fingerprint));
  return [
    ...found.ring.map(({ version, fingerprint }, at): KeyLine => {
      const count = facts.sealedWith[fingerprint] ?? 0;
      return {
        level: "ok",
        says: `key ${version}, ${fingerprint}${at === 0 ? ", seals" : ""}: ${count} secrets`,
      };
    }),
    ...orphans.map(
      ([fingerprint, count]): KeyLine => ({
        level: "fail",
        says: `${count} secrets need the key ${fingerprint}, which is not at ${where}`,
      }),
    ),
    ...unsealed,
  ];
}

const total = (sealed: readonly (readonly [string, number])[]): number =>
  sealed.reduce((sum, [, count]) => sum + count, 0);
const names = (sealed: readonly (readonly [string, number])[]): string =>
  sealed.map(([fingerprint]) => `the key ${fingerprint}`).join(" and ");
