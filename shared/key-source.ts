/** Where this installation's key ring is: from the environment, from a file that somebody else manages, or our own. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

/** Handed to the hub in its papers, too: a child's environment holds no secret. */
export const KeySource = v.variant("is", [
  v.object({ is: v.literal("text"), text: v.string() }),
  /** `isOurs`: made when there is none, and rotated. A file of systemd's or of a container is only read. */
  v.object({ is: v.literal("file"), file: v.string(), isOurs: v.boolean() }),
]);
export type KeySource = v.InferOutput<typeof KeySource>;

export const KEY_VARIABLE = "KISSBOT_KEY";
export const KEY_FILE_VARIABLE = "KISSBOT_KEY_FILE";
/** "1": twitch.tokens in config.yaml counts for nothing. What `start --use-db` tells the supervisor. */
export const USE_DB_VARIABLE = "KISSBOT_USE_DB";
const CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY";
/** `LoadCredential=kissbot.key:…` in the unit. */
const CREDENTIAL_NAME = "kissbot.key";
const OWN_NAME = ".kissbot.key";

export function findKeySource(homeFolder: string, environment: NodeJS.ProcessEnv): KeySource {
  const text = environment[KEY_VARIABLE];
  if (text) return { is: "text", text };
  const file = environment[KEY_FILE_VARIABLE];
  if (file) return { is: "file", file, isOurs: false };
  const credentials = environment[CREDENTIALS_VARIABLE];
  const credential = credentials ? join(credentials, CREDENTIAL_NAME) : undefined;
  if (credential && existsSync(credential)) return { is: "file", file: credential, isOurs: false };
  return { is: "file", file: join(homeFolder, OWN_NAME), isOurs: true };
}

/** What a supervisor must find in its environment to find the key. */
export const KEY_ENVIRONMENT = [
  KEY_VARIABLE,
  KEY_FILE_VARIABLE,
  CREDENTIALS_VARIABLE,
  USE_DB_VARIABLE,
] as const;

/** undefined: it is managed elsewhere, and not ours to keep copies of. */
export function findOwnKeyRing(homeFolder: string, environment: NodeJS.ProcessEnv): string | undefined {
  const source = findKeySource(homeFolder, environment);
  return source.is === "file" && source.isOurs ? source.file : undefined;
}

/** Never with the key in it. */
export const describeKeySource = (source: KeySource): string =>
  source.is === "text" ? `the environment variable ${KEY_VARIABLE}` : source.file;
