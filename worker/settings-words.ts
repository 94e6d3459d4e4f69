/** What a wish from chat means, and what is answered to it. Loaded with the first of them. */
import type { Settled } from "../db/collapsed-names.ts";
import type { Revision, SettingsBook } from "../db/settings.ts";
import type { ModuleSchemas } from "../shared/config/check-module.ts";
import { toEffective, type WorkerSettings } from "../shared/config/own-settings.ts";
import { describeValue, nameSetting, planSetting } from "../shared/config/plan-setting.ts";
import type { Login } from "../shared/ids.ts";
import type { AnyModule } from "./module.ts";
import type { SettingAnswer, UndoAnswer } from "./settings-desk.ts";

interface Asked {
  readonly person: Login;
  readonly book: SettingsBook;
  readonly channel: Login;
  readonly modules: readonly AnyModule[];
}

const schemasOf = (modules: readonly AnyModule[]): ModuleSchemas =>
  new Map(modules.map(({ name, config }) => [name, config]));

export function changeInChat(
  asked: Asked & { readonly typed: string; readonly text: string | undefined; readonly now: WorkerSettings },
): SettingAnswer {
  const { typed, text, person, book, channel } = asked;
  const schemas = schemasOf(asked.modules);
  const planned =
    text === undefined
      ? { ...nameSetting(typed, schemas, "moderator"), value: undefined }
      : planSetting(typed, text, { schemas, now: toEffective(asked.now), by: "moderator" });
  if (planned.is === "refused") return { is: "refused", says: planned.says };
  const changed = book.change(channel, planned.key, planned.value, { person, via: "chat" });
  return changed.is === "same" ? changed : describe(changed.revision, schemas);
}

export function undoInChat(asked: Asked & { readonly lastSettled: Settled | undefined }): UndoAnswer {
  const { person, book, lastSettled, channel, modules } = asked;
  const last = book.undoable(channel, "chat");
  if (lastSettled && (!last || lastSettled.at > last.at)) return { is: "settled-since", name: lastSettled };
  const undone = book.undo(channel, { person, via: "chat" });
  switch (undone.is) {
    case "undone":
      return describe(undone.revision, schemasOf(modules));
    case "nothing-to-undo":
      return undone;
    case "changed-since":
      return { is: "changed-since", key: shorten(undone.since.key), person: undone.since.person };
  }
}

function describe({ key, before, after }: Revision, schemas: ModuleSchemas): SettingAnswer {
  const named = nameSetting(key, schemas, "operator");
  const node = named.is === "named" ? named.node : undefined;
  return {
    is: "changed",
    key: shorten(key),
    before: describeValue(before, node),
    after: describeValue(after, node),
  };
}

/** As it may be typed. */
const shorten = (key: string): string => key.replace(/^modules\./, "");
