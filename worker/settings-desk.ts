/**
 * Changes that come from chat: checked by the module's own schema, written down with who and what before, and then
 * taken over by this process; the supervisor is told, because it starts our successor. What this takes (SQLite, a
 * dictionary of mistypings) is loaded by the first who asks for it.
 */
import type { Settled } from "../db/collapsed-names.ts";
import type { SettingsBook } from "../db/settings.ts";
import type { WorkerSettings } from "../shared/config/own-settings.ts";
import { toError } from "../shared/errors.ts";
import type { Login } from "../shared/ids.ts";
import type { Logger } from "../shared/log.ts";
import type { AnyModule } from "./module.ts";

/** What became of a wish, in words for chat where there are any. */
export type SettingAnswer =
  | { readonly is: "changed"; readonly key: string; readonly before: string; readonly after: string }
  | { readonly is: "same" | "nothing-to-undo" | "away" }
  | { readonly is: "refused"; readonly says: string }
  | { readonly is: "changed-since"; readonly key: string; readonly person: string };

/** `settled-since`: what was done last in this chat is no setting. Names are the hub's to take back. */
export type UndoAnswer =
  | SettingAnswer
  | { readonly is: "settled-since"; readonly name: Pick<Settled, "domain" | "key"> };

export interface SettingsDesk {
  /** `text` undefined: as configured again. */
  change(typed: string, text: string | undefined, person: Login): Promise<SettingAnswer>;
  /** Takes back the last change that was made in this chat, if it is one of a setting. */
  undo(person: Login): Promise<UndoAnswer>;
}

export interface OpenedBook {
  readonly book: SettingsBook;
  /** Which name was settled last in this channel, of those that still are. */
  lastSettled(): Settled | undefined;
  close(): void;
}

export function makeSettingsDesk(using: {
  readonly channel: Login;
  readonly modules: readonly AnyModule[];
  readonly openBook: () => Promise<OpenedBook>;
  readonly now: () => WorkerSettings;
  /** Resolves when they hold. */
  readonly take: (settings: WorkerSettings) => Promise<void>;
  readonly tellSupervisor: () => void;
  readonly log: Logger;
}): SettingsDesk {
  const { channel, log } = using;
  const load = () => import("./settings-words.ts");

  /** The database is opened for the one change: they are rare, and a connection costs memory for good. */
  const withBook = async <Became extends UndoAnswer>(
    work: (opened: OpenedBook, words: Awaited<ReturnType<typeof load>>) => Became,
  ): Promise<Became | { readonly is: "away" }> => {
    try {
      const words = await load();
      const opened = await using.openBook();
      try {
        const answer = work(opened, words);
        if (answer.is === "changed") await takeOver(opened.book);
        return answer;
      } finally {
        opened.close();
      }
    } catch (problem) {
      log.error({ err: toError(problem) }, "a setting could not be changed");
      return { is: "away" };
    }
  };
  const takeOver = async (book: SettingsBook) => {
    const all = book.all().get(channel);
    await using.take({ ...using.now(), own: { ...all?.own }, revision: all?.revision ?? 0 });
    using.tellSupervisor();
  };

  return {
    change: (typed, text, person) =>
      withBook(({ book }, { changeInChat }) =>
        changeInChat({ typed, text, person, book, channel, modules: using.modules, now: using.now() }),
      ),
    undo: (person) =>
      withBook(({ book, lastSettled }, { undoInChat }) =>
        undoInChat({ person, book, lastSettled: lastSettled(), channel, modules: using.modules }),
      ),
  };
}
