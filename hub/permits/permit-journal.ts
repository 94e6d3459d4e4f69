/**
 * What was granted, written down before anybody is told, so that a hub that was killed is followed by one that
 * knows it. Two files by turns, each begun anew when nothing in it can matter any more. Instants are those of the
 * machine since its start: the same for every process, and untouched by whoever sets the clock. Nothing is forced
 * to the disk: what survives a process is enough, because after a new start of the machine nobody is left who could
 * have spoken since.
 */
import { readFileSync } from "node:fs";
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import { PERMIT_KINDS } from "../../shared/ipc/permit-words.ts";
import { openTwinLog } from "./twin-log.ts";

/** Which start of which machine, and how long ago that was. */
export interface MachineTime {
  readonly bootId: string;
  upMs(): Millis;
}

const Instant = v.number();
const JournalLine = v.variant("is", [
  v.object({ is: v.literal("begun"), boot: v.string(), at: Instant }),
  v.object({
    is: v.literal("granted"),
    kind: v.picklist(PERMIT_KINDS),
    name: v.string(),
    channel: v.string(),
    count: v.number(),
    asViewer: v.boolean(),
    until: Instant,
  }),
  v.object({
    is: v.literal("told"),
    kind: v.picklist(PERMIT_KINDS),
    name: v.string(),
    channel: v.string(),
    usedAt: v.array(Instant),
    left: v.number(),
  }),
  /** A hub was alive. */
  v.object({ is: v.literal("alive"), at: Instant }),
  /** It left in good order, with so many workers there. */
  v.object({ is: v.literal("left"), at: Instant, workers: v.number() }),
]);
export type JournalLine = v.InferOutput<typeof JournalLine>;
type GrantLine = Extract<JournalLine, { is: "granted" | "told" }>;

export interface Restored {
  /** In the order they were written; instants of this machine's time. */
  readonly lines: readonly GrantLine[];
  /** Since when no hub has counted; undefined: nobody ever did, or the machine was started since. */
  readonly hubGoneAt: Millis | undefined;
  /** The last hub left when no worker was there any more. */
  readonly wasHouseEmpty: boolean;
  /** The machine was started since then: nobody speaks from before that. */
  readonly isOtherBoot: boolean;
}

export interface PermitJournal {
  readonly restored: Restored;
  /** Written when this returns. */
  write(line: JournalLine): void;
  /** Written with the next line: what is lost of it only makes us careful. */
  note(line: JournalLine): void;
  close(): void;
}

/** Longer than any grant can matter (limits.ts): when one file is this old, the other is over. */
const FILE_FOR_MS: Millis = 90_000;

export function openPermitJournal(using: {
  /** Two paths. */
  readonly files: readonly [string, string];
  readonly machine: MachineTime;
  /** Nothing can be written; undefined: everything has been written again. */
  readonly onTrouble: (problem: string | undefined) => void;
}): PermitJournal {
  const { files, machine } = using;
  const read = files.map((file) => parseFile(readText(file)));
  let noted = "";
  /** Handed on to each file: the one where it stood is written over one day. */
  let lastSign: JournalLine | undefined = signOf(read, machine.bootId);
  const log = openTwinLog({
    files,
    goOn: newestOf(read, machine.bootId),
    head: (at) => toText({ is: "begun", boot: machine.bootId, at }) + (lastSign ? toText(lastSign) : ""),
    turnMs: FILE_FOR_MS,
    now: machine.upMs,
    onTrouble: using.onTrouble,
  });
  const flush = () => {
    const text = noted;
    noted = "";
    if (text !== "") log.append(text);
  };
  return {
    restored: toRestored(read, machine.bootId),
    write(line) {
      if (line.is === "alive" || line.is === "left") lastSign = line;
      noted += toText(line);
      flush();
    },
    note(line) {
      noted += toText(line);
    },
    close() {
      flush();
      log.close();
    },
  };
}

const toText = (line: JournalLine): string => `${JSON.stringify(line)}\n`;

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

interface JournalFile {
  readonly boot: string | undefined;
  readonly begunAt: Millis;
  readonly lines: readonly JournalLine[];
}

/** Pure. What can't be read was written only half, and so was told to nobody. */
export function parseFile(text: string): JournalFile {
  const lines = text.split("\n").flatMap((line) => {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), JournalLine), line);
    return parsed.success ? [parsed.output] : [];
  });
  const first = lines[0];
  const head = first?.is === "begun" ? first : undefined;
  return { boot: head?.boot, begunAt: head?.at ?? 0, lines };
}

/** Pure. */
export function toRestored(files: readonly JournalFile[], bootId: string): Restored {
  const ours = files.filter(({ boot }) => boot === bootId).toSorted((a, b) => a.begunAt - b.begunAt);
  const lines = ours.flatMap((file) => file.lines);
  const last = signOf(files, bootId);
  return {
    lines: lines.filter((line) => line.is === "granted" || line.is === "told"),
    hubGoneAt: last?.at,
    wasHouseEmpty: last?.is === "left" && last.workers === 0,
    isOtherBoot: ours.length === 0 && files.some(({ boot }) => boot !== undefined),
  };
}

function signOf(files: readonly JournalFile[], bootId: string) {
  const signs = files
    .filter(({ boot }) => boot === bootId)
    .flatMap(({ lines }) => lines.filter((line) => line.is === "alive" || line.is === "left"));
  return signs.toSorted((a, b) => a.at - b.at).at(-1);
}

/** The file the hub before us wrote to; what stands in the other still counts, too. */
function newestOf(files: readonly JournalFile[], bootId: string) {
  const ours = files.flatMap(({ boot, begunAt }, index) => (boot === bootId ? [{ index, begunAt }] : []));
  return ours.toSorted((a, b) => a.begunAt - b.begunAt).at(-1);
}
