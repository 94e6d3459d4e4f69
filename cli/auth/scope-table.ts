/** The scopes a login is asked for, and why each: shown before anybody is asked. Pure. */
import type { ScopeNeed } from "../../shared/twitch/scopes.ts";
import { renderTable } from "../table.ts";

const WHY_SHOWN_MAX = 3;

export function renderScopes(needs: readonly ScopeNeed[], width: number): string {
  return renderTable(
    [
      { title: "scope", align: "left" },
      { title: "why", align: "left", breaks: true },
    ],
    needs.map(({ scope, why }) => ({ cells: [scope, describeWhy(why)] })),
    width,
  ).join("\n");
}

function describeWhy(why: readonly string[]): string {
  const shown = why.slice(0, WHY_SHOWN_MAX).join("; ");
  return why.length > WHY_SHOWN_MAX ? `${shown}; and ${why.length - WHY_SHOWN_MAX} more` : shown;
}
