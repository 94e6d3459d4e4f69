/** Variables of the environment that begin with KISSBOT_ and are no settings; whoever reads a new one names it here. */
export const HOUSE_VARIABLES: readonly string[] = [
  "KISSBOT_HOME",
  "KISSBOT_KEY",
  "KISSBOT_KEY_FILE",
  "KISSBOT_USE_DB",
  "KISSBOT_BACKUP_PASSPHRASE",
  // Another build of the engine, other titles: for those who work on it.
  "KISSBOT_ENGINE",
  "KISSBOT_TITLES",
  // Between kissbot.sh, its launchers and its tests.
  "KISSBOT_CALLED_AT",
  "KISSBOT_CRASH_LOG",
  "KISSBOT_DRILL_SEED",
];

/** The settings among them: what a supervisor must find in its environment beside what every process may see. */
export const settingVariables = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => name.startsWith("KISSBOT_") && !HOUSE_VARIABLES.includes(name),
    ),
  );
