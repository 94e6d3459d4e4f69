/** What is typed wrong is told of in one clear sentence, whatever the verb: exit code 64, nothing on stdout, nothing done. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findVerbs } from "../../cli/find-verbs.ts";
import { makeTrialHome, type TrialHome } from "../../cli/trial/trial-home.ts";
import { kissbot } from "../support/kissbot-process.ts";

let trial: TrialHome;
beforeAll(() => {
  trial = makeTrialHome(process.env);
});
afterAll(() => trial.remove());

const LONG_NAME = "a_name_of_twenty_six_signs";

const ROWS: readonly (readonly [readonly string[], string | RegExp])[] = [
  [["dance"], "unknown command 'dance'"],
  [["help", "dance"], 'there is no verb "dance"; ./kissbot.sh help shows what there is'],
  [["--loud"], "unknown option '--loud'"],
  [["status", "--loud"], "unknown option '--loud'"],
  [["status", "--only", "worse"], '--only: all or bad, not "worse"'],
  [["status", "alice"], "too many arguments for 'status'. Expected 0 arguments but got 1: alice."],
  [["logs", "-n", "many"], '--lines: a number of lines, such as 100, not "many"'],
  [["logs", "-n", "-5"], '--lines: a number of lines, such as 100, not "-5"'],
  [["logs", "-n", "1.5"], '--lines: a number of lines, such as 100, not "1.5"'],
  [["logs", "-n", "100001"], '--lines: at most 100000 lines, not "100001"'],
  [["logs", "-n", "9".repeat(30)], `--lines: at most 100000 lines, not "${"9".repeat(30)}"`],
  [["logs", "-n"], "option '-n, --lines <count>' argument missing"],
  [["logs", "--level", "loud"], '--level: one of debug, info, warn, error, not "loud"'],
  [["logs", "--grep", ""], '--grep: some text, not ""'],
  [["logs", "--since", "soon"], '--since: a time such as 10m, 2h, 3d or 2026-11-21T05:00, not "soon"'],
  [["logs", "--since", ""], '--since: a time such as 10m, 2h, 3d or 2026-11-21T05:00, not ""'],
  [["logs", "alice", "bob"], "too many arguments for 'logs'. Expected 1 argument but got 2: alice, bob."],
  [["demo", "--for", "soon"], '--for: a time such as 20s, 5m or 1h, not "soon"'],
  [["demo", "x"], "too many arguments for 'demo'. Expected 0 arguments but got 1: x."],
  [["worker"], "--channel: a channel, as in its address: 1 to 25 of letters, digits and _"],
  [
    ["worker", "--channel", LONG_NAME],
    `--channel: a channel, as in its address: 1 to 25 of letters, digits and _, not "${LONG_NAME}"`,
  ],
  [["worker", "--channel", "alice", "--eventsub", "hub"], '--eventsub: direct or disabled, not "hub"'],
  [["audit", "--since", "soon"], '--since: a time such as 10m, 2h, 3d or 2026-11-21T05:00, not "soon"'],
  [["audit", "-n", "many"], '--lines: a number of events, such as 100, not "many"'],
  [["auth", "dance"], 'auth knows login, status, refresh, revoke, but not "dance"'],
  [["backup", "dance"], 'backup knows create, list, verify, restore, keygen, not "dance"'],
  [["config", "dance"], "config knows check [FILE], show [--channel NAME] and sample"],
  [["db", "dance"], /^db knows .*not "dance"$/],
  [
    ["db", "import-original"],
    "db import-original which? Name the original's kissbot.db, and its key file with --key",
  ],
  [["doctor", "x"], "too many arguments for 'doctor'. Expected 0 arguments but got 1: x."],
  [["drakon", "dance"], 'drakon knows status, start, stop, build, not "dance"'],
  [["games", "dance"], 'games knows build, info, search and bench, not "dance"'],
  [["games", "search"], 'games search what? Give a title: games search "vampire survivors"'],
  [["settings", "dance"], /^settings knows: set KEY VALUE, /],
  [["test", "luck"], /^there is no check "luck"; there are: [a-z, ]+$/],
  [["bench", "luck"], /^there is no bench "luck"; there is: [a-z, ]+$/],
  [["bench", "path", "--runs", "none"], '--runs: a whole number from 1, not "none"'],
  [["bench", "path", "--luck"], "unknown option '--luck'"],
  [
    ["bench", "fleet", "--workers", "5,x,0"],
    '--workers: counts from 1 to 1000, separated by commas, not "5,x,0"',
  ],
  [["channels", "dance"], 'channels knows list, add, remove, enable and disable, not "dance"'],
  [["channels", "constructor"], 'channels knows list, add, remove, enable and disable, not "constructor"'],
  [["channels", "list", "alice"], 'channels list stands alone, without "alice"'],
  [["channels", "add"], "channels add which? Name the channel"],
  [
    ["channels", "add", "!!"],
    '"!!" is no channel: 1 to 25 of letters, digits and _, as in the channel\'s address',
  ],
  [
    ["channels", "add", "a", "b"],
    "too many arguments for 'channels'. Expected 2 arguments but got 3: add, a, b.",
  ],
  [["start", "alice"], "too many arguments for 'start'. Expected 0 arguments but got 1: alice."],
  [["start", "--background"], "unknown option '--background'"],
  [["stop", "alice"], "too many arguments for 'stop'. Expected 0 arguments but got 1: alice."],
  [["restart", "alice"], "too many arguments for 'restart'. Expected 0 arguments but got 1: alice."],
  [["reload", "alice"], "too many arguments for 'reload'. Expected 0 arguments but got 1: alice."],
  [["console", "alice"], "too many arguments for 'console'. Expected 0 arguments but got 1: alice."],
  [["hub-ctl"], /^hub_ctl knows status, .*--help says what each does$/],
  [["hub_ctl", "dance"], /^hub_ctl knows .*not "dance"$/],
  [["start-channel"], "missing required argument 'channel'"],
  [
    ["start-channel", LONG_NAME],
    `"${LONG_NAME}" is no channel: 1 to 25 of letters, digits and _, as in the channel's address`,
  ],
  [["stop-channel", "--all"], "unknown option '--all'"],
  [["stop-channel", ""], '"" is no channel: 1 to 25 of letters, digits and _, as in the channel\'s address'],
  [
    ["restart-channel", "a", "b"],
    "too many arguments for 'restart-channel'. Expected 1 argument but got 2: a, b.",
  ],
  [
    ["sim", "--port", "abc"],
    "option '--port <port>' argument 'abc' is invalid. A port is a number from 0 to 65535.",
  ],
  [
    ["sim", "--irc-port", "70000"],
    "option '--irc-port <port>' argument '70000' is invalid. A port is a number from 0 to 65535.",
  ],
  [
    ["sim", "--host", "0.0.0.0"],
    'the simulator listens on loopback only, not on "0.0.0.0"; use 127.0.0.1, ::1 or localhost',
  ],
  [
    ["sim", "no-such-scenario"],
    "cannot read the scenario no-such-scenario: ENOENT: no such file or directory, open 'no-such-scenario'; built in are demo, quiet",
  ],
  [["sim", "quiet", "demo"], "too many arguments. Expected 1 argument but got 2: quiet, demo."],
  [["sim", "--luck"], "unknown option '--luck'"],
];

test.each(ROWS)("%j: %s", async (args, sentence) => {
  const said = await kissbot(trial.home.folder, ...args);
  const speaker = args[0] === "sim" ? "sim" : "kissbot";
  expect(said).toMatchObject({ exitCode: 64, out: "", err: expect.stringMatching(/^[^\n]+\n$/) });
  const words = said.err.trimEnd().replace(`${speaker}: `, "");
  if (typeof sentence === "string") expect(words).toBe(sentence);
  else expect(words).toMatch(sentence);
  expect(existsSync(join(trial.home.folder, "data"))).toBe(false);
});

test("no verb is left out", async () => {
  const verbs = await findVerbs(undefined);
  const tried = new Set(ROWS.map(([[word]]) => word));
  const left = verbs.filter(({ name, aliases = [] }) => ![name, ...aliases].some((word) => tried.has(word)));
  expect(left.map(({ name }) => name)).toEqual([]);
});
