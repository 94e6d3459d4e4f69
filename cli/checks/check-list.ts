/**
 * What `test` runs, in this order. Tools that count their tests themselves are asked; the others count as one.
 * `when`: one after the other, beside those with what processor they leave, or when nothing else runs, because its
 * processes are held to times.
 */
export type Check = {
  readonly name: string;
  readonly when: "in-turn" | "beside" | "alone";
  /** What it tests loads the engine's addon. */
  readonly needsAddon?: true;
} & (
  | { readonly is: "tool"; readonly tool: string; readonly args: readonly string[] }
  | { readonly is: "ring"; readonly ring: string }
  | { readonly is: "cargo" }
);

export const CHECKS: readonly Check[] = [
  { name: "types", when: "in-turn", is: "tool", tool: "tsc", args: ["--noEmit"] },
  { name: "lint", when: "in-turn", is: "tool", tool: "biome", args: ["check", "."] },
  { name: "rules", when: "in-turn", is: "ring", ring: "rules" },
  { name: "unit", when: "in-turn", needsAddon: true, is: "ring", ring: "unit" },
  // Two builds of cargo in one folder wait for each other: the addon's goes first.
  { name: "engine", when: "beside", needsAddon: true, is: "cargo" },
  { name: "rooms", when: "in-turn", needsAddon: true, is: "ring", ring: "rooms" },
  { name: "house", when: "in-turn", needsAddon: true, is: "ring", ring: "house" },
  { name: "drills", when: "alone", needsAddon: true, is: "ring", ring: "drills" },
];
