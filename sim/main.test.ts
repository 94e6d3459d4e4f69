/** The simulator as a real process: says when it is ready, explains what is wrong, leaves when asked. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function run(...flags: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let complaints = "";
  child.stderr.on("data", (data: Buffer) => {
    complaints += data.toString();
  });
  const exited = once(child, "close").then(([code]) => ({ code: code as number | null, complaints }));
  return { child, exited };
}

async function ready(
  child: ChildProcess,
): Promise<{ httpUrl: string; port: number; ircPort: number; pid: number }> {
  if (!child.stdout) throw new Error("the child has no stdout");
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("ready ")) return JSON.parse(line.slice("ready ".length));
  }
  throw new Error("the simulator ended without being ready");
}

test("prints where it listens and stops on SIGTERM, open feeds or not", async () => {
  const { child, exited } = run("demo", "--port", "0", "--irc-port", "0", "--autostart", "--seed", "3");
  const { httpUrl, pid } = await ready(child);
  expect(pid).toBe(child.pid);
  const feed = await fetch(`${httpUrl}/sim/feed`);
  const gone = feed.text().catch(() => "cut");
  child.kill("SIGTERM");
  expect((await exited).code).toBe(0);
  await gone;
});

test("says which port is in use", async () => {
  const occupied = createServer().listen(0, "127.0.0.1");
  await once(occupied, "listening");
  const address = occupied.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const { exited } = run("--port", String(port), "--irc-port", "0");
  expect(await exited).toEqual({
    code: 1,
    complaints: `sim: port ${port} on 127.0.0.1 is in use by another program; stop that one or choose another port\n`,
  });
  occupied.close();
});

test("ends with 64 and a sentence when a flag is wrong", async () => {
  const { code, complaints } = await run("--speed", "0").exited;
  expect(code).toBe(64);
  expect(complaints).toMatch(/^sim: .*The speed must be a number above 0\.\n$/);
});
