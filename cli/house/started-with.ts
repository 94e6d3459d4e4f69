/** What the supervisor that runs was started with beside config.yaml, so that its successor is started with the same. */
import { readFileSync } from "node:fs";
import { settingVariables } from "../../shared/config/house-variables.ts";
import { KEY_ENVIRONMENT } from "../../shared/key-source.ts";

/** Settings, and where the key is; nothing where the process is gone or another user's. */
export function findStartedWith(pid: number): NodeJS.ProcessEnv {
  try {
    return toStartedWith(readFileSync(`/proc/${pid}/environ`, "utf8"));
  } catch {
    return {};
  }
}

/** Pure. `environ`: as Linux shows it. */
export function toStartedWith(environ: string): NodeJS.ProcessEnv {
  const all: NodeJS.ProcessEnv = Object.fromEntries(
    environ.split("\0").flatMap((line) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(line) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );
  const keys = KEY_ENVIRONMENT.flatMap((name) => (all[name] ? [[name, all[name]]] : []));
  return { ...settingVariables(all), ...Object.fromEntries(keys) };
}
