/** What `doctor` shows: a line for each finding, with what to do below it. Pure. */
import type { Paint, Style } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import type { Finding } from "./check.ts";
import { type Examined, judgeFindings } from "./run-checks.ts";

const STYLES: Readonly<Record<Finding["level"], Style>> = { ok: "green", warn: "yellow", fail: "red" };
const LEVEL_WIDTH = 4;
const FIX_INDENT = "        ";

export function renderFindings(examined: readonly Examined[], paint: Paint): string {
  const width = examined.reduce((most, { check }) => Math.max(most, check.length), 0);
  const lines = examined.flatMap(({ check, findings }) =>
    findings.flatMap(({ level, says, fix }) => [
      `${paint(STYLES[level], level.padEnd(LEVEL_WIDTH))}  ${check.padEnd(width)}  ${safeText(says)}`,
      ...(fix === undefined ? [] : [`${FIX_INDENT}${safeText(fix)}`]),
    ]),
  );
  return [...lines, "", describeVerdict(examined)].join("\n");
}

function describeVerdict(examined: readonly Examined[]): string {
  const all = examined.flatMap(({ findings }) => findings);
  const count = (level: Finding["level"]) => all.filter((one) => one.level === level).length;
  const [fails, warns] = [count("fail"), count("warn")];
  switch (judgeFindings(examined)) {
    case 0:
      return `All is well: ${all.length} findings.`;
    case 1:
      return `It works, with ${warns} ${warns === 1 ? "thing" : "things"} to look at.`;
    case 2:
      return `${fails} ${fails === 1 ? "thing keeps" : "things keep"} it from working${warns > 0 ? `, and ${warns} to look at` : ""}.`;
  }
}
