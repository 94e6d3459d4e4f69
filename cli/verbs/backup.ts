import * as v from "valibot";
import { createBackup, listBackups, restoreFromBackup, verifyBackups } from "../backup/actions.ts";
import { runKeygen } from "../backup/keygen.ts";
import { findBackupSettings } from "../backup/settings.ts";
import { quoteStranger } from "../safe-text.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

const ACTIONS = ["create", "list", "verify", "restore", "keygen"] as const;
const isAction = (text: string): text is (typeof ACTIONS)[number] => ACTIONS.some((one) => one === text);
const TAKES_BACKUP: readonly string[] = ["verify", "restore"];

export default defineVerb({
  name: "backup",
  summary: "make, list, verify and restore backups of the database; keygen makes their key",
  arguments: [
    { name: "<action>", says: ACTIONS.join(", ") },
    { name: "[backup]", says: "verify, restore: its name, a path, or latest" },
  ],
  actions: ACTIONS,
  flags: [
    { flags: "--identity <file>", says: "verify, restore: the file with the key (AGE-SECRET-KEY-1…)" },
    { flags: "--passphrase-file <file>", says: "verify, restore: the file with the passphrase" },
    { flags: "--folder <folder>", says: "another folder of backups than the configuration's" },
    { flags: "--all", says: "verify: all of them" },
    { flags: "--unencrypted", says: "create: a backup that anybody can read" },
    { flags: "--to <file>", says: "keygen: writes the key there, and does not show it" },
    { flags: "--json", says: "the answer for scripts" },
  ],
  options: v.object({
    identity: v.optional(v.string()),
    passphraseFile: v.optional(v.string()),
    folder: v.optional(v.string()),
    all: v.optional(v.boolean(), false),
    unencrypted: v.optional(v.boolean(), false),
    to: v.optional(v.string()),
    json: v.optional(v.boolean(), false),
  }),
  async run({ args, options }, desk) {
    const [action = "", asked] = args;
    const wrong = (says: string) => {
      desk.warn(`kissbot: ${says}`);
      return EXIT_USAGE;
    };
    if (!isAction(action)) return wrong(`backup knows ${ACTIONS.join(", ")}, not ${quoteStranger(action)}`);
    if (asked !== undefined && !TAKES_BACKUP.includes(action))
      return wrong(`backup ${action} stands alone, without ${quoteStranger(asked)}`);
    const settings = findBackupSettings(options, desk);
    const call = { settings, desk, isJson: options.json };
    switch (action) {
      case "keygen":
        return runKeygen({ to: options.to, folder: settings.folder }, desk);
      case "create":
        return createBackup(options.unencrypted, call);
      case "list":
        return listBackups(call);
      case "verify":
        return verifyBackups(options.all ? "all" : (asked ?? "latest"), call);
      case "restore":
        if (asked === undefined)
          return wrong("backup restore which? Its name (./kissbot.sh backup list), a path, or latest");
        return restoreFromBackup(asked, call);
    }
  },
});
