/** What is wrong with options, a sentence for each: `--lines: a number of lines, such as 100, not "many"`. Pure. */
import type { BaseIssue } from "valibot";
import { quoteStranger } from "./safe-text.ts";

export const describeBadOptions = (
  issues: readonly BaseIssue<unknown>[],
  /** As commander collected them. */
  typed: Readonly<Record<string, unknown>>,
): string => {
  const sentences = issues.map((issue) => {
    const name = String(issue.path?.[0]?.key);
    const text = typed[name];
    const not = typeof text === "string" ? `, not ${quoteStranger(text)}` : "";
    return `--${toFlag(name)}: ${describeWanted(issue)}${not}`;
  });
  return [...new Set(sentences)].join("\n");
};

/** The schema's own words, or a list of what it takes: valibot says `Invalid type: Expected ("a" | "b") but …`. */
const describeWanted = ({ message, expected }: BaseIssue<unknown>): string =>
  message.startsWith("Invalid") && expected !== null
    ? `one of ${expected.replace(/[()"]/g, "").replaceAll(" | ", ", ")}`
    : message;

/** "readyFile" was typed as --ready-file. */
const toFlag = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
