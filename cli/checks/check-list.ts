/** What `test` runs, in this order. Tools that count their tests themselves are asked; the others count as one. */
export type Check =
  | { readonly name: string; readonly is: "tool"; readonly tool: string; readonly args: readonly string[] }
  | { readonly name: string; readonly is: "ring"; readonly ring: string }
  | { readonly name: string; readonly is: "cargo" };

export const CHECKS: readonly Check[] = [
  { name: "types", is: "tool", tool: "tsc", args: ["--noEmit"] },
  { name: "lint", is: "tool", tool: "biome", args: ["check", "."] },
  { name: "rules", is: "ring", ring: "rules" },
  { name: "unit", is: "ring", ring: "unit" },
  { name: "engine", is: "cargo" },
  { name: "rooms", is: "ring", ring: "rooms" },
  { name: "house", is: "ring", ring: "house" },
];
