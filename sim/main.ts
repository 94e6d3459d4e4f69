/** The simulator as a process of its own: `./kissbot.sh sim demo --autostart`. */
import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { NotLoopbackError, PortInUseError } from "./http-listener.ts";
import { ScenarioError } from "./scenario/read-scenario.ts";
import { type Sim, startSim } from "./server.ts";
import { toWelcome } from "./welcome.ts";

interface Flags {
  readonly port: number;
  readonly ircPort: number;
  readonly host: string;
  readonly seed?: number;
  readonly speed?: number;
  readonly autostart?: true;
  readonly readyFile?: string;
}

/** sysexits.h: it was called wrong. */
const EXIT_USAGE = 64;

const say = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (line: string) => void process.stderr.write(`${line}\n`);

// Whoever read our output may leave before us (`sim | head`, Ctrl-C in a pipe): no reason to fall over.
process.stdout.on("error", () => {});

const program = new Command("sim")
  .description("A Twitch simulator: IRC, EventSub, Helix and OAuth on loopback, with Twitch's own limits.")
  .argument("[scenario]", "a scenario file, or a built-in one: demo, quiet", "quiet")
  .addOption(
    new Option("--port <port>", "HTTP and WebSocket; 0 takes a free one").default(7878).argParser(parsePort),
  )
  .addOption(
    new Option("--irc-port <port>", "IRC over TCP; 0 takes a free one").default(7879).argParser(parsePort),
  )
  .option("--host <address>", "loopback address to listen on", "localhost")
  .addOption(new Option("--seed <number>", "same seed, same ids and tokens").argParser(parseNumber))
  .addOption(new Option("--speed <factor>", "60 lets a minute pass in a second").argParser(parseSpeed))
  .option("--autostart", "start the scenario's script at once")
  .option("--ready-file <path>", "write {httpUrl, port, ircPort, pid} there when everything listens")
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "sim: ")) })
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE))
  .action(run);

await program.parseAsync();

async function run(scenario: string, flags: Flags): Promise<void> {
  const sim = await open(scenario, flags);
  if (!sim) return;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      say(`${signal}: stopping`);
      void sim.stop().then(() => process.exit(0));
    });
  }
  const ready = JSON.stringify({
    httpUrl: sim.httpUrl,
    port: sim.port,
    ircPort: sim.ircPort,
    pid: process.pid,
  });
  if (flags.autostart) sim.script.start();
  for (const line of toWelcome(sim)) say(line);
  if (flags.readyFile === undefined) say(`ready ${ready}`);
  else writeFileSync(flags.readyFile, `${ready}\n`);
}

/** What the person can mend is said in a sentence; anything else is a bug and keeps its stack. */
async function open(scenario: string, flags: Flags): Promise<Sim | undefined> {
  try {
    return await startSim({ ...flags, scenario, log: complain });
  } catch (error) {
    const isUsage = error instanceof ScenarioError || error instanceof NotLoopbackError;
    if (!isUsage && !(error instanceof PortInUseError)) throw error;
    complain(`sim: ${error.message}`);
    process.exitCode = isUsage ? EXIT_USAGE : 1;
    return undefined;
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
}

function parseNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError("A whole number is needed.");
  return Number(text);
}

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed > 0)) throw new InvalidArgumentError("The speed must be a number above 0.");
  return speed;
}
