/**
 * One index for as long as a process lives: the file may be replaced, grow additions, be cut short or vanish. While a
 * file is gone or bad the last good one goes on answering, unless its bytes went with it.
 */
import { additionsMark, appendAdditions, markOf, readAdditions, toLearnable } from "./additions.ts";
import { type Compacted, compactGameIndex } from "./compact-index.ts";
import type { GameIndex, LearntTitle, OpenedIndex, Refreshed } from "./game-index.ts";
import type { OpenedFile, OpenFile } from "./open-engine.ts";

/** From here on the titles are put into the index itself: searching two costs twice. */
const COMPACT_FROM = 256;

export interface IndexTools {
  open(file: string): OpenedFile;
  /** Milliseconds since the epoch. */
  now(): number;
}

export function openLastingIndex(file: string, tools: IndexTools): OpenedIndex {
  const mark = markOf(file);
  const first = tools.open(file);
  if (first.is === "failed") return first;
  return { is: "open", index: new LastingIndex(file, tools, first.opened, mark) };
}

class LastingIndex implements GameIndex {
  readonly #file: string;
  readonly #tools: IndexTools;
  #opened: OpenFile | undefined;
  #mark: string;
  #learntMark = "";
  #learnt: readonly LearntTitle[] = [];
  #compacting: Promise<void> | undefined;
  #compactFrom = COMPACT_FROM;
  #problem: string | undefined;

  constructor(file: string, tools: IndexTools, opened: OpenFile, mark: string) {
    this.#file = file;
    this.#tools = tools;
    this.#opened = opened;
    this.#mark = mark;
    this.engine = opened.engine;
    this.#readLearnt();
  }

  readonly engine;

  find(query: string) {
    return this.#opened?.find(query);
  }

  search(query: string, limit: number) {
    return this.#opened?.search(query, limit) ?? [];
  }

  learn(titles: readonly LearntTitle[]): void {
    const known = new Set(this.#learnt.map(({ title, year }) => `${title}\0${year}`));
    const fresh = toLearnable(titles).filter(({ title, year }) => !known.has(`${title}\0${year}`));
    if (fresh.length === 0) return;
    appendAdditions(this.#file, fresh);
    this.#readLearnt();
    if (this.#learnt.length >= this.#compactFrom) this.#compacting ??= this.#compact();
  }

  refresh(): Refreshed {
    const mark = markOf(this.#file);
    if (mark !== this.#mark) return this.#reopen(mark);
    if (additionsMark(this.#file) === this.#learntMark) return { is: "unchanged" };
    this.#readLearnt();
    return { is: "learnt" };
  }

  info() {
    const facts = this.#opened?.facts();
    return {
      file: this.#file,
      engine: this.engine,
      titles: facts?.titles ?? 0,
      learnt: facts?.learnt ?? 0,
      bytes: facts?.bytes ?? 0,
      format: facts?.format ?? "",
      normaliser: facts?.normaliser ?? 0,
      builtAt: facts?.builtAt ?? 0,
      digest: facts?.digest ?? "",
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  verify(): string | undefined {
    return this.#opened === undefined ? this.#problem : this.#opened.verify();
  }

  async settled(): Promise<void> {
    await this.#compacting;
  }

  close(): void {
    this.#opened = undefined;
  }

  #reopen(mark: string): Refreshed {
    const next = this.#tools.open(this.#file);
    if (next.is === "failed") {
      this.#problem = next.problem;
      // A file that is gone is still mapped; one that was changed in place is not what we opened.
      if (next.code !== "missing") this.#opened = undefined;
      return next;
    }
    this.#opened = next.opened;
    this.#mark = mark;
    this.#problem = undefined;
    this.#readLearnt();
    return { is: "reopened" };
  }

  #readLearnt(): void {
    this.#learntMark = additionsMark(this.#file);
    this.#learnt = readAdditions(this.#file);
    this.#opened?.setLearnt(this.#learnt);
  }

  async #compact(): Promise<void> {
    const compacted: Compacted = await compactGameIndex(this.#file, this.#tools.now());
    this.#compacting = undefined;
    if (compacted.is === "compacted") {
      this.#compactFrom = COMPACT_FROM;
      if (this.#opened !== undefined) this.refresh();
      return;
    }
    // Not at once again: what failed now fails in a minute, too.
    this.#compactFrom = this.#learnt.length * 2;
    this.#problem = compacted.problem;
  }
}
