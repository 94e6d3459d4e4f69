import { execFile } from "node:child_process";
import { defineCheck, type Finding } from "../check.ts";

const ANSWER_WITHIN_MS = 5_000;

export default defineCheck({
  name: "cargo",
  async run() {
    return [judgeCargo(await askVersion())];
  },
});

export const judgeCargo = (version: string | undefined): Finding =>
  version === undefined
    ? {
        level: "warn",
        says: "there is no cargo: the Rust engine can't be built here",
        fix: "install Rust from https://rustup.rs, or do without the engine",
      }
    : { level: "ok", says: version };

function askVersion(): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("cargo", ["--version"], { timeout: ANSWER_WITHIN_MS }, (problem, stdout) =>
      resolve(problem ? undefined : stdout.trim().split("\n")[0]),
    );
  });
}
