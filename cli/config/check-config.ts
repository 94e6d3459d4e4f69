/** `config check`: 0 or 78, with every mistake at its place. */
import { type ConfigProblem, describeProblems } from "../../shared/config/problem.ts";
import { EXIT_BAD_CONFIG, errorTable } from "../../shared/errors.ts";
import { type LoadedConfig, loadConfig } from "../../shared/load-config.ts";
import { safeText } from "../safe-text.ts";
import type { Desk } from "../verb.ts";
import { loadModuleSchemas } from "./module-schemas.ts";

/** With what the modules themselves say. */
export const loadWhole = async (file: string, { environment }: Pick<Desk, "environment">) =>
  loadConfig(file, { environment, moduleSchemas: await loadModuleSchemas() });

export function reportCheck(
  file: string,
  loaded: LoadedConfig,
  isJson: boolean,
  { say, warn }: Pick<Desk, "say" | "warn">,
): number {
  if (isJson) say(JSON.stringify(toAnswer(file, loaded), null, 2));
  else if (loaded.is === "missing")
    warn(`kissbot: there is no ${file}\n${errorTable["config-missing"].hint}`);
  else if (loaded.is === "wrong") warn(toLines(file, loaded.problems));
  else {
    if (loaded.warnings.length > 0) warn(toLines(file, loaded.warnings));
    const { bot_login, channels } = loaded.config.twitch;
    say(
      `${file} is right: ${channels.length} ${channels.length === 1 ? "channel" : "channels"}, as ${bot_login}`,
    );
  }
  return loaded.is === "right" ? 0 : EXIT_BAD_CONFIG;
}

const toLines = (file: string, problems: readonly ConfigProblem[]): string =>
  describeProblems(file, problems).map(safeText).join("\n");

function toAnswer(file: string, loaded: LoadedConfig): object {
  const placed = (problems: readonly ConfigProblem[]) =>
    problems.map((one) => ({ ...one, in: one.in ?? { file } }));
  switch (loaded.is) {
    case "missing":
      return { file, is: loaded.is };
    case "wrong":
      return { file, is: loaded.is, problems: placed(loaded.problems) };
    case "right":
      return { file, is: loaded.is, warnings: placed(loaded.warnings) };
  }
}
