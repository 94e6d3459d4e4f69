/** What SQLite and the disk say, in our words: each has a sentence, a remedy and an exit code. */
import { KissError, toError } from "../shared/errors.ts";

const codeOf = (problem: unknown): string =>
  problem instanceof Error && "code" in problem ? String(problem.code) : "";

/** Pure. What is none of these is given back as it is. */
export function toDatabaseError(file: string, problem: unknown): Error {
  if (problem instanceof KissError) return problem;
  const error = toError(problem);
  const say = (code: ConstructorParameters<typeof KissError>[0]) =>
    new KissError(code, `${file}: ${error.message}`, { cause: error });
  const code = codeOf(problem);
  if (code === "SQLITE_NOTADB") return say("database-foreign");
  if (code.startsWith("SQLITE_CORRUPT")) return say("database-damaged");
  // SHMSIZE: the index of the write-ahead log, which even a reader makes, found no room.
  if (/^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)$/.test(code)) return say("database-full");
  if (/^(SQLITE_READONLY|SQLITE_IOERR|SQLITE_CANTOPEN|EACCES|EPERM|EROFS|EISDIR|ENOTDIR)/.test(code))
    return say("database-not-writable");
  return error;
}
