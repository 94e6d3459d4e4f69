/**
 * The simulator as a process of its own, known by its bundle's path, its ready line and its HTTP API only. Started
 * in a process group of its own, so that Ctrl-C reaches the cli alone, which ends things in order.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as v from "valibot";
import type { Clock, Millis } from "../../shared/clock.ts";
import { checkoutFolder } from "../../shared/home.ts";

const ReadyLine = v.object({ httpUrl: v.string(), port: v.number(), pid: v.number() });
export type SimAddress = v.InferOutput<typeof ReadyLine>;

export interface SimProcess {
  readonly address: SimAddress;
  readonly exited: Promise<number>;
  /** Orders of the control API; throws with the simulator's own words when it refuses. */
  order(path: string, body?: object): Promise<void>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS: Millis = 15_000;
const GONE_WITHIN_MS: Millis = 3_000;
const READY = "ready ";

/** `scenario`: a built-in name or a file. */
export async function startSimProcess(scenario: string, clock: Clock): Promise<SimProcess> {
  const child = spawn(
    process.execPath,
    [join(checkoutFolder, "dist", "sim.mjs"), scenario, "--port", "0", "--irc-port", "0"],
    { stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  const exited = new Promise<number>((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", (code) => resolve(code ?? 1));
  });
  const complaints: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
  const stop = () => endProcess(child, exited, clock);

  const line = await readyLine(child, exited, clock);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ReadyLine), line);
  if (!parsed.success) {
    await stop();
    throw new Error(`the simulator did not come up: ${complaints.join("").trim() || "it said nothing"}`);
  }
  const address = parsed.output;
  return { address, exited, stop, order: (path, body) => order(address, path, body) };
}

/** undefined when it exits, or says nothing in time. */
function readyLine(
  child: ChildProcess & { readonly stdout: NonNullable<ChildProcess["stdout"]> },
  exited: Promise<number>,
  clock: Clock,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(READY_WITHIN_MS, () => resolve(undefined));
    // Read to the end also after the ready line: an unread pipe would one day stop the simulator.
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith(READY)) resolve(line.slice(READY.length));
    });
    void exited.then(() => {
      cancel();
      resolve(undefined);
    });
  });
}

async function endProcess(child: ChildProcess, exited: Promise<number>, clock: Clock): Promise<void> {
  child.kill("SIGTERM");
  const cancel = clock.after(GONE_WITHIN_MS, () => child.kill("SIGKILL"));
  await exited;
  cancel();
}

async function order(address: SimAddress, path: string, body: object | undefined): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${address.port}/sim${path}`, {
    method: "POST",
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const said = v.safeParse(Answer, await response.json().catch(() => undefined));
  const because = said.success ? (said.output.because ?? said.output.error) : undefined;
  if (!response.ok || (said.success && said.output.is === "dropped")) {
    throw new SimRefusedError(because ?? `HTTP status ${response.status}`);
  }
}

const Answer = v.object({
  is: v.optional(v.string()),
  because: v.optional(v.string()),
  error: v.optional(v.string()),
});

/** The simulator said no, as Twitch would, or because there is no such channel. */
export class SimRefusedError extends Error {}
