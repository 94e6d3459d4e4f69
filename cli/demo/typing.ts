/**
 * Typing along while the transcript scrolls: on a terminal the half-typed line stays below what is printed; from a
 * pipe, lines are read as they come.
 */
import { clearLine, createInterface, cursorTo } from "node:readline";

export interface Typing {
  /** Prints above the line being typed. */
  print(text: string): void;
  close(): void;
}

const PROMPT = "> ";

export function startTyping(using: {
  readonly print: (text: string) => void;
  readonly onLine: (typed: string) => void;
  /** On a terminal readline takes Ctrl-C for itself. */
  readonly onCtrlC: () => void;
}): Typing {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const reader = createInterface(
    isTerminal ? { input: process.stdin, output: process.stdout, prompt: PROMPT } : { input: process.stdin },
  );
  let isOpen = true;
  reader.on("line", (typed) => {
    using.onLine(typed);
    if (isTerminal && isOpen) reader.prompt();
  });
  reader.on("SIGINT", using.onCtrlC);
  reader.once("close", () => {
    isOpen = false;
  });
  if (isTerminal) reader.prompt();
  return {
    print(text) {
      if (!isTerminal || !isOpen) return using.print(text);
      cursorTo(process.stdout, 0);
      clearLine(process.stdout, 0);
      using.print(text);
      reader.prompt(true);
    },
    close() {
      if (isTerminal && isOpen) {
        cursorTo(process.stdout, 0);
        clearLine(process.stdout, 0);
      }
      reader.close();
    },
  };
}
