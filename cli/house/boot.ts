/** PM2 brings a supervisor back as long as the machine runs; after a reboot somebody has to start both. */
import { spawn } from "node:child_process";
import { join, sep } from "node:path";
import { checkoutFolder, type Home } from "../../shared/home.ts";

/** Pure: what to do so that the house is started at boot; undefined when the user's crontab does it already. */
export function adviseBoot(using: {
  readonly home: Home;
  readonly checkout: string;
  /** undefined: there is no cron here. */
  readonly crontab: string | undefined;
}): string | undefined {
  const { home, checkout, crontab } = using;
  const program = join(checkout, "kissbot.sh");
  const unit = `${join(checkout, "deploy", "systemd", "kissbot.service")} for systemd`;
  // Cron runs without a session's folder for sockets, so a house of its own would come up there.
  const isRunBelowHome = home.run.startsWith(home.folder + sep);
  if (crontab === undefined || !isRunBelowHome) return `To start it at boot, too, there is ${unit}.`;
  const isThere = crontab.split("\n").some((line) => line.startsWith("@reboot") && line.includes(program));
  if (isThere) return undefined;
  const variable = home.folder === checkout ? "" : `KISSBOT_HOME=${quote(home.folder)} `;
  return [
    "To start it at boot, too, put this line into your crontab (crontab -e):",
    `  @reboot ${variable}${quote(program)} start`,
    `or use ${unit}.`,
  ].join("\n");
}

/** For sh; and in a crontab "%" begins a new line. */
const quote = (path: string): string =>
  /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''").replaceAll("%", "\\%")}'`;

/** The user's crontab; empty when there is none, undefined when there is no cron. */
function readCrontab(): Promise<string | undefined> {
  const child = spawn("crontab", ["-l"], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("close", () => resolve(text));
  });
}

export const findBootAdvice = async (home: Home): Promise<string | undefined> =>
  adviseBoot({ home, checkout: checkoutFolder, crontab: await readCrontab() });
