/** The configuration as it stands now, and how it becomes what the file says by now. */

import { describeProblems } from "../shared/config/problem.ts";
import type { Config } from "../shared/config.ts";
import { loadConfig } from "../shared/load-config.ts";
import { describeLogChanges } from "../shared/log-keeping/log-policy.ts";

export type Reloaded =
  | { readonly is: "read"; readonly lines: readonly string[] }
  | { readonly is: "wrong"; readonly because: string };

export interface LiveConfig {
  now(): Config;
  /** A file that is missing or wrong changes nothing. */
  reload(): Promise<Reloaded>;
}

export function makeLiveConfig(using: {
  readonly file: string;
  readonly first: Config;
  /** Lets the house become what it says; what of the house itself became other by it, for the operator. */
  readonly apply: (now: Config, changes: readonly string[]) => Promise<readonly string[]>;
}): LiveConfig {
  const { file } = using;
  let config = using.first;
  return {
    now: () => config,
    async reload() {
      const loaded = loadConfig(file);
      if (loaded.is === "missing") return { is: "wrong", because: `there is no ${file}` };
      if (loaded.is === "wrong")
        return { is: "wrong", because: describeProblems(file, loaded.problems).join("\n") };
      const changes = describeLogChanges(config, loaded.config);
      config = loaded.config;
      const applied = await using.apply(config, changes);
      const old = describeProblems(file, loaded.warnings).map((line) => `!${line}`);
      return { is: "read", lines: [...changes, ...applied, ...old] };
    },
  };
}
