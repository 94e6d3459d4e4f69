/** The cli as an operator calls it, in a process of its own. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { checkoutFolder } from "../../shared/home.ts";

/** As sim/scenarios/quiet.yaml fixes them. */
export const QUIET_ACCOUNT = {
  clientId: "kissbot-demo-client",
  clientSecret: "kissbot-demo-secret",
  botLogin: "kissbot",
  accessToken: "kissbot-demo-access-token",
  refreshToken: "kissbot-demo-refresh-token",
};

/** As kissbot.sh has it: half of what a short command costs is the compiling of TypeScript. */
export const CLI_CACHE = {
  NODE_COMPILE_CACHE: join(checkoutFolder, "node_modules", ".cache", "kissbot-cli"),
};

export interface Said {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

export function kissbot(home: string, ...args: readonly string[]): Promise<Said> {
  return kissbotHearing(home, "", ...args);
}

/** The same with something on its standard input. */
export function kissbotHearing(home: string, input: string, ...args: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [join(checkoutFolder, "cli", "main.ts"), ...args], {
    env: { ...process.env, ...CLI_CACHE, KISSBOT_HOME: home },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A verb that reads nothing may be gone before it was told anything.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.err += text;
  });
  return new Promise((resolve) => {
    child.once("close", (exitCode) => resolve({ exitCode, ...said }));
  });
}
