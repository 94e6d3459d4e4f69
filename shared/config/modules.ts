import * as v from "valibot";

export const ModuleName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]*$/, "a module's name: lower-case letters, digits and -"),
);
/** The module itself parses its part, and sleeps when that is wrong. */
export const ModuleSettings = v.record(ModuleName, v.record(v.string(), v.unknown()));
export type ModuleSettings = v.InferOutput<typeof ModuleSettings>;

export const Modules = v.pipe(
  ModuleSettings,
  v.description(
    "Settings of modules, by the module's name; they may as well stand in config/modules/<name>.yaml. A module with wrong settings sleeps, says so in its channel's log, and holds up nobody else. Changed settings reach running channels by ./kissbot.sh reload, without a restart.",
  ),
);
