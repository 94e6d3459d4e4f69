/**
 * Changes that come from chat: checked by the module's own schema, written down with who and what before, and then
 * taken over by this process; the supervisor is told, because it starts our successor. What this takes (SQLite, a
 * dictionary of mistypings) is loaded by the first who asks for it.
 */
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

export interface SettingsDesk {
  /** `text` undefined: as configured again. */
  change(typed: string, text: string | undefined, person: Login): Promise<SettingAnswer>;
  /** Takes back the last change that was made in this chat. */
  undo(person: Login): Promise<SettingAnswer>;
}

export interface OpenedBook {
  readonly book: SettingsBook;
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
  const withBook = async (
    work: (book: SettingsBook, words: Awaited<ReturnType<typeof load>>) => SettingAnswer,
  ): Promise<SettingAnswer> => {
    try {
      const words = await load();
      const { book, close } = await using.openBook();
      try {
        const answer = work(book, words);
        if (answer.is === "changed") await takeOver(book);
        return answer;
      } finally {
        close();
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
      withBook((book, { changeInChat }) =>
        changeInChat({ typed, text, person, book, channel, modules: using.modules, now: using.now() }),
      ),
    undo: (person) =>
      withBook((book, { undoInChat }) => undoInChat({ person, book, channel, modules: using.modules })),
  };
}
