/** What the shipped catalogue knows besides titles: short forms, nicknames, names in other languages. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkoutFolder } from "../shared/home.ts";

export const SHORT_KINDS = ["acronym", "nickname", "localised"] as const;

export interface Short {
  readonly text: string;
  readonly kind: (typeof SHORT_KINDS)[number];
  readonly title: string;
}

const FIRST_COLUMN = 3;

export function readShorts(): { readonly titles: readonly string[]; readonly shorts: readonly Short[] } {
  const rows = readFileSync(join(checkoutFolder, "engine", "catalogue.tsv"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t"));
  const shorts = rows.flatMap(([title = "", ...columns]) =>
    SHORT_KINDS.flatMap((kind, at) =>
      (columns[FIRST_COLUMN - 1 + at] ?? "")
        .split("|")
        .filter((text) => text !== "")
        .map((text) => ({ text, kind, title })),
    ),
  );
  return { titles: rows.map(([title = ""]) => title), shorts };
}
