/**
 * The configuration's shape: what config/config.yaml, config/modules/*.yaml and KISSBOT_* may say. A section is a file
 * in shared/config/ and one line here; every key carries `v.description("…")`, from which the sample and
 * docs/configuration.md are written. Read by the supervisor and the cli only; children get their part handed.
 */
import * as v from "valibot";
import { Alerts } from "./config/alerts.ts";
import { Audit } from "./config/audit.ts";
import { Backup } from "./config/backup.ts";
import { Commands } from "./config/commands.ts";
import { Games } from "./config/games.ts";
import { Limits } from "./config/limits.ts";
import { Log } from "./config/log.ts";
import { LoginSettings } from "./config/login.ts";
import { Modules } from "./config/modules.ts";
import { Monitor } from "./config/monitor.ts";
import { Quantum } from "./config/quantum.ts";
import { Ranker } from "./config/ranker.ts";
import { Twitch } from "./config/twitch.ts";

export const Config = v.strictObject({
  twitch: Twitch,
  commands: v.optional(Commands, {}),
  modules: v.optional(Modules, {}),
  games: v.optional(Games, {}),
  monitor: v.optional(Monitor, {}),
  limits: v.optional(Limits, {}),
  log: v.optional(Log, {}),
  login: v.optional(LoginSettings, {}),
  alerts: v.optional(Alerts, {}),
  backup: v.optional(Backup, {}),
  audit: v.optional(Audit, {}),
  quantum: v.optional(Quantum, {}),
  ranker: v.optional(Ranker, {}),
});
export type Config = v.InferOutput<typeof Config>;
