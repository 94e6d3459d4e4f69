/**
 * The interactive prompt. It blocks nothing: the supervisor sees one short question per line, answers are printed
 * above the line being typed when they come, and further lines may be typed meanwhile. From a pipe, one line after
 * the other is carried out, each when the one before was answered.
 */
import { dirname, join } from "node:path";
import { clearLine, cursorTo } from "node:readline";
import { createInterface } from "node:readline/promises";
import { toError } from "../../shared/errors.ts";
import { askSupervisorStatus } from "../control-link.ts";
import { who } from "../status/status-page.ts";
import type { Desk } from "../verb.ts";
import { type CarriedOut, type ConsoleAnswer, carryOutLine } from "./carry-out.ts";
import { HISTORY_MAX, openConsoleHistory } from "./console-history.ts";
import { completeConsoleLine, parseConsoleLine } from "./parse-line.ts";

const PROMPT = "supervisor> ";
const WRITTEN_WITHIN_MS = 500;
/** Beside the database. */
const HISTORY_FILE = "console-history";

export interface ConsoleStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Answers with the worst exit code of what was typed into a pipe; a person at a terminal has seen it: 0. */
export function runConsole(desk: Desk, streams: ConsoleStreams): Promise<number> {
  const isTerminal = streams.input.isTTY === true && streams.output.isTTY === true;
  return isTerminal ? runForPerson(desk, streams) : runForPipe(desk, streams);
}

const carryOut = (line: CarriedOut, desk: Desk): Promise<ConsoleAnswer> =>
  carryOutLine(line, desk).catch((problem: unknown) => ({ text: toError(problem).message, exitCode: 1 }));

async function runForPipe(desk: Desk, { input }: ConsoleStreams): Promise<number> {
  let worst = 0;
  const reader = createInterface({ input });
  for await (const text of reader) {
    const line = parseConsoleLine(text);
    if (line.is === "quit") break;
    if (line.is === "empty") continue;
    const answer = await carryOut(line, desk);
    if (answer.exitCode === 0) desk.say(answer.text);
    else desk.warn(`kissbot: ${answer.text}`);
    worst = Math.max(worst, answer.exitCode);
  }
  reader.close();
  return worst;
}

function runForPerson(desk: Desk, { input, output }: ConsoleStreams): Promise<number> {
  let channels: readonly string[] = [];
  /** For completion only: a name that is missing there can still be typed. */
  const learnChannels = async () => {
    const asked = await askSupervisorStatus(desk.home, desk.clock).catch(() => undefined);
    if (asked?.is !== "answered") return;
    const { children, asleep } = asked.status;
    const awake = children.map(({ childId }) => who(childId)).filter((name) => name !== "hub");
    channels = [...awake, ...asleep.map(({ channel }) => channel)].sort();
  };
  void learnChannels();

  const history = openConsoleHistory(join(dirname(desk.home.database), HISTORY_FILE));
  const reader = createInterface({
    input,
    output,
    prompt: PROMPT,
    history: [...history.past],
    historySize: HISTORY_MAX,
    removeHistoryDuplicates: true,
    completer: (text: string) => completeConsoleLine(text, channels),
  });
  let isOpen = true;
  const print = (text: string) => {
    if (!isOpen) return;
    cursorTo(output, 0);
    clearLine(output, 0);
    desk.say(text);
    reader.prompt(true);
  };
  reader.on("line", (text) => {
    const line = parseConsoleLine(text);
    if (line.is === "quit") return reader.close();
    history.add(text);
    if (line.is !== "empty") {
      void carryOut(line, desk).then((answer) => {
        print(answer.exitCode === 0 ? answer.text : desk.paint("red", answer.text));
        return learnChannels();
      });
    }
    reader.prompt();
  });
  // As shells do: Ctrl-C takes back what is being typed, and leaves when there is nothing.
  reader.on("SIGINT", () => {
    if (reader.line === "") return reader.close();
    reader.write(null, { ctrl: true, name: "e" });
    reader.write(null, { ctrl: true, name: "u" });
  });
  reader.prompt();
  return new Promise((resolve) => {
    reader.once("close", () => {
      isOpen = false;
      desk.say("");
      // A disk that hangs keeps nobody here.
      const cancel = desk.clock.after(WRITTEN_WITHIN_MS, () => resolve(0));
      void history.written().then(() => {
        cancel();
        resolve(0);
      });
    });
  });
}
