/** `config show`: every value with where it comes from. */
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { makeChannelBook } from "../../db/channels.ts";
import { openDatabase } from "../../db/open.ts";
import { makeSettingsBook, type SettingsBook } from "../../db/settings.ts";
import { describeOrigin, type Origin } from "../../shared/config/origin.ts";
import type { Login } from "../../shared/ids.ts";
import { safeText } from "../safe-text.ts";
import { renderTable } from "../table.ts";
import { type Desk, EXIT_USAGE } from "../verb.ts";
import { loadWhole, reportCheck } from "./check-config.ts";
import { loadModuleSchemas } from "./module-schemas.ts";
import { chooseChannel } from "./settings-session.ts";
import { type ShownValue, showChannel, showHouse } from "./shown-values.ts";

const COLUMNS = [
  { title: "key", align: "left" },
  { title: "comes from", align: "left" },
  { title: "value", align: "left" },
] as const;

export async function showConfig(
  { channel: typed, json: isJson }: { readonly channel?: string | undefined; readonly json: boolean },
  desk: Desk,
): Promise<number> {
  const { home, columns, paint } = desk;
  const loaded = await loadWhole(home.configFile, desk);
  if (loaded.is !== "right") return reportCheck(home.configFile, loaded, isJson, desk);
  const schemas = await loadModuleSchemas();
  const show = (values: readonly ShownValue[]): number => {
    desk.say(isJson ? JSON.stringify(values, null, 2) : toTable(values, home.folder, columns, paint));
    return 0;
  };
  if (typed === undefined) return show(showHouse(loaded, schemas));
  const stored = readStored(home.database, loaded.config.twitch.channels);
  const channels = [...stored.keys()].sort();
  const chosen = chooseChannel(typed, channels);
  if (chosen.is === "wrong") {
    desk.warn(`kissbot: ${chosen.says}`);
    return EXIT_USAGE;
  }
  return show(showChannel(chosen.channel, loaded, schemas, stored.get(chosen.channel) ?? new Map()));
}

function toTable(
  values: readonly ShownValue[],
  folder: string,
  columns: number,
  paint: Desk["paint"],
): string {
  const rows = values.map(({ key, value, from }) => ({
    cells: [key, describePlace(from, folder), safeText(describeShown(value))],
  }));
  const [titles = "", ...lines] = renderTable(COLUMNS, rows, columns);
  return [paint("dim", titles), ...lines].join("\n");
}

const describeShown = (value: unknown): string => {
  if (value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** Files in the home are named as from there. */
const describePlace = (from: Origin, folder: string): string =>
  describeOrigin(from.is === "file" ? { ...from, file: relative(folder, from.file) } : from);

type Own = ReturnType<SettingsBook["of"]>;

/** What each channel has of its own. A house that never ran has no database, and is not given one by being looked at. */
function readStored(database: string, configured: readonly Login[]): ReadonlyMap<Login, Own> {
  if (!existsSync(database)) return new Map(configured.map((channel) => [channel, new Map()]));
  const db = openDatabase(database);
  try {
    const book = makeSettingsBook(db, "cli");
    const added = makeChannelBook(db).all();
    const channels = [...configured, ...added.map(({ channel }) => channel)];
    return new Map(channels.map((channel) => [channel, book.of(channel)]));
  } finally {
    db.close();
  }
}
