/** What doctor says is fit to be pasted anywhere: no secret of the configuration or the environment, no home folder. Pure. */
import type { Examined } from "./run-checks.ts";

const SECRET_NAME = /token|secret|password|passphrase|api_?key|webhook|identity|^key$|_key$/i;
/** Shorter ones are words that stand anywhere. */
const SECRET_LENGTH_MIN = 6;
const HIDDEN = "(hidden)";

/** Every text under a key that is called like a secret, as deep as it lies. */
export function findSecrets(tree: unknown, isSecret = false): readonly string[] {
  if (typeof tree === "string") return isSecret && tree.length >= SECRET_LENGTH_MIN ? [tree] : [];
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([name, value]) =>
    findSecrets(value, isSecret || SECRET_NAME.test(name)),
  );
}

export function hideSecrets(
  examined: readonly Examined[],
  hide: { readonly secrets: readonly string[]; readonly folders: ReadonlyMap<string, string> },
): readonly Examined[] {
  // The longest first: one may be part of another.
  const secrets = hide.secrets.toSorted((a, b) => b.length - a.length);
  const folders = [...hide.folders].sort(([a], [b]) => b.length - a.length);
  const clean = (text: string) => {
    const hidden = secrets.reduce((all, secret) => all.replaceAll(secret, HIDDEN), text);
    return folders.reduce((all, [folder, name]) => all.replaceAll(folder, name), hidden);
  };
  return examined.map(({ check, findings }) => ({
    check,
    findings: findings.map(({ level, says, fix }) => ({
      level,
      says: clean(says),
      ...(fix === undefined ? {} : { fix: clean(fix) }),
    })),
  }));
}
