/**
 * What every verb of the command line is run with when a test looks through all it says. A verb, or an action of one,
 * that stands here nowhere fails `findForgotten`: whoever adds one says here whether it only shows, or changes things.
 */
import { findVerbs } from "../../cli/find-verbs.ts";

interface Shown {
  /** Behind verb and action, once for each way of asking. */
  readonly ways?: readonly (readonly string[])[];
  /** Whether --json is said, too; left out: where the verb has that flag. */
  readonly json?: false;
}

/** Where a config.yaml with tokens is named. */
const YAML = "YAML";

/** Those that show what there is, by "verb" or "verb action". */
const SHOWING: Readonly<Record<string, Shown>> = {
  audit: { ways: [[], ["--channel", "alice_live"], ["--since", "1h"]] },
  "auth login": { ways: [["--link"], ["--link", "--channel", "alice_live"]], json: false },
  "auth status": {},
  "backup list": {},
  "backup verify": {},
  "channels list": {},
  "config check": {},
  "config sample": { json: false },
  "config show": { ways: [[], ["--channel", "alice_live"]] },
  "db check": {},
  "db import-yaml": { ways: [[YAML]] },
  "db status": {},
  doctor: {},
  "drakon status": {},
  "games info": {},
  "games search": { ways: [["hades"]] },
  "hub-ctl metrics": { ways: [[], ["--prom"]] },
  "hub-ctl status": {},
  "hub-ctl subscriptions": {},
  logs: { ways: [["--lines", "500"], ["hub"], ["supervisor"], ["alice_live"]] },
  "settings diff": {},
  "settings log": {},
  status: { ways: [[], ["--only", "bad"]] },
};

/** Those that change something and are run, too, because they say much. In this order, after the others. */
const TELLING: Readonly<Record<string, Shown>> = {
  "auth refresh": { json: false },
  "db migrate": { json: false },
  "db rotate-key": {},
  "hub-ctl resync": {},
  reload: {},
  "settings set": { ways: [["log.chat", "true", "--channel", "alice_live"]] },
  "settings unset": { ways: [["log.chat", "--channel", "alice_live"]] },
  "settings restore": { ways: [["0", "--channel", "alice_live"]] },
};

/** Not run by that test: why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "auth revoke": "the house would have no login",
  "backup create": "run by the test itself",
  "backup keygen": "shows a new key, which is what it is for",
  "backup restore": "run by the test itself",
  bench: "a program of its own",
  "channels add": "says one line",
  "channels disable": "says one line",
  "channels enable": "says one line",
  "channels remove": "says one line",
  console: "carries out the others",
  "db forget-tokens": "the house would have no login",
  "db import-original": "has tests of its own, with planted tokens",
  demo: "a house of its own",
  "drakon build": "cargo",
  "drakon start": "takes cargo",
  "drakon stop": "says one line",
  "games bench": "a program of its own",
  "games build": "says one line",
  "hub-ctl drain": "says one line",
  "hub-ctl events": "run by the test itself",
  "hub-ctl restart": "says one line",
  "hub-ctl undrain": "says one line",
  restart: "run by the test itself",
  "restart-channel": "says one line",
  sim: "a program of its own",
  start: "run by the test itself",
  "start-channel": "says one line",
  stop: "run by the test itself",
  "stop-channel": "says one line",
  test: "a program of its own",
  worker: "refuses beside a house",
};

interface KnownVerb {
  readonly name: string;
  readonly actions?: readonly string[] | undefined;
  readonly arguments?: readonly { readonly name: string }[] | undefined;
  readonly flags?: readonly { readonly flags: string }[] | undefined;
}

const namesOf = ({ name, actions }: KnownVerb): readonly string[] =>
  actions?.map((action) => `${name} ${action}`) ?? [name];

/** In words; nothing when each stands in one of the tables, and only what there is does. */
export async function findForgotten(): Promise<readonly string[]> {
  const verbs: readonly KnownVerb[] = await findVerbs(undefined);
  const there = new Set(verbs.flatMap(namesOf));
  const tables = [SHOWING, TELLING, LEFT_OUT].flatMap((table) => Object.keys(table));
  const hidesActions = ({ actions, arguments: [first] = [] }: KnownVerb) =>
    actions === undefined && /action|question/.test(first?.name ?? "");
  return [
    ...verbs.filter(hidesActions).map(({ name }) => `${name} does not say which actions it has`),
    ...[...there].filter((name) => !tables.includes(name)).map((name) => `${name} stands nowhere`),
    ...tables.filter((name) => !there.has(name)).map((name) => `there is no ${name}`),
    ...tables.filter((name, at) => tables.indexOf(name) !== at).map((name) => `${name} stands in two tables`),
  ];
}

/** Every command line to run: `showing` in any order, `telling` in this one. */
export async function findToldCommands(yamlFile: string) {
  const verbs: readonly KnownVerb[] = await findVerbs(undefined);
  const hasJson = (name: string) =>
    verbs.some((verb) => namesOf(verb).includes(name) && verb.flags?.some(({ flags }) => flags === "--json"));
  const linesOf = (table: Readonly<Record<string, Shown>>): readonly (readonly string[])[] =>
    Object.entries(table).flatMap(([name, { ways = [[]], json }]) =>
      ways.flatMap((way) => {
        const plain = [...name.split(" "), ...way.map((word) => (word === YAML ? yamlFile : word))];
        const hasOther = json !== false && hasJson(name) && !way.includes("--prom");
        return hasOther ? [plain, [...plain, "--json"]] : [plain];
      }),
    );
  return { showing: linesOf(SHOWING), telling: linesOf(TELLING) };
}
