import { openDatabase } from "./open.ts";
import { makeSettingsBook, type SettingsBook } from "./settings.ts";

/** For whoever needs them once, at its start. */
export function readOwnSettings(databaseFile: string): ReturnType<SettingsBook["all"]> {
  const db = openDatabase(databaseFile);
  try {
    return makeSettingsBook(db, "cli").all();
  } finally {
    db.close();
  }
}
