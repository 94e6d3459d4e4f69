import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { makeKeyPair } from "../../backup/seal.ts";
import { isWithin } from "../../backup/settings-files.ts";
import { KissError, toError } from "../../shared/errors.ts";
import type { Desk } from "../verb.ts";

/** A new key pair. The secret half is shown, or written, once, and kept nowhere. */
export async function runKeygen(
  wish: { readonly to: string | undefined; readonly folder: string },
  desk: Desk,
): Promise<number> {
  const { identity, recipient } = await makeKeyPair();
  const file = wish.to === undefined ? undefined : resolve(wish.to);
  const text = `# Opens KissBot's backups. recipient: ${recipient}\n${identity}\n`;
  if (file === undefined) desk.say(text);
  else {
    if (isWithin(file, wish.folder))
      throw new KissError("backup-key-beside", `${file} would lie in ${wish.folder}`);
    try {
      writeFileSync(file, text, { mode: 0o600, flag: "wx" });
    } catch (problem) {
      throw new KissError("backup-key-unusable", toError(problem).message);
    }
  }
  const where = file ?? "the two lines above";
  desk.warn(
    [
      file === undefined
        ? "The two lines above open your backups. They are shown this once: keep them where the backups are not."
        : `${file} opens your backups. Keep a copy of it where neither they nor this machine are.`,
      "Into config/config.yaml, then ./kissbot.sh reload:",
      "",
      "backup:",
      `  recipients: [${recipient}]`,
      ...(file === undefined
        ? [`  # With identity_file: FILE, which holds ${where}, the house checks its backups by itself.`]
        : [`  identity_file: ${file}   # with it the house checks its backups by itself`]),
    ].join("\n"),
  );
  return 0;
}
