/** What `games` shows. Pure. */
import type { EngineStatus, GameMatch, IndexInfo } from "../../engine/game-index.ts";
import { renderTable } from "../table.ts";

const MEGABYTE = 2 ** 20;
const DATE_CHARACTERS = 16;

export function renderInfo(
  info: IndexInfo,
  { engine, problem }: EngineStatus,
  damage: string | undefined,
): string {
  const builtAt = new Date(info.builtAt).toISOString().slice(0, DATE_CHARACTERS).replace("T", " ");
  return [
    `engine   ${engine}${problem === undefined ? "" : `: ${problem}`}`,
    `index    ${info.file}`,
    `titles   ${info.titles.toLocaleString("en")}, and ${info.learnt} learnt since`,
    `size     ${(info.bytes / MEGABYTE).toFixed(1)} MB, format ${info.format}, titles normalised by rules ${info.normaliser}`,
    `built    ${builtAt} UTC from titles ${info.digest}`,
    `state    ${damage === undefined ? "whole: every section fits its sum" : `damaged: ${damage}`}`,
  ].join("\n");
}

export function renderMatches(
  matches: readonly GameMatch[],
  { micros, width }: { readonly micros: number; readonly width: number },
): string {
  if (matches.length === 0) return `nothing found, in ${micros.toFixed(1)} µs`;
  const rows = matches.map((match) => ({
    cells: [
      match.title,
      match.year === undefined ? "" : String(match.year),
      match.stage,
      match.score.toFixed(3),
      match.margin.toFixed(3),
      match.isConfident ? "yes" : "",
    ],
  }));
  const columns = [
    { title: "title", align: "left" },
    { title: "year", align: "right", goes: 1 },
    { title: "stage", align: "left" },
    { title: "score", align: "right" },
    { title: "margin", align: "right", goes: 2 },
    { title: "sure", align: "left" },
  ] as const;
  const found = matches.length === 1 ? "1 match" : `${matches.length} matches`;
  return [...renderTable(columns, rows, width), `${found} in ${micros.toFixed(1)} µs`].join("\n");
}
