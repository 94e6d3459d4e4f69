import { afterAll, beforeAll, expect, test } from "vitest";
import { type Launched, launchSupervisor } from "../../cli/house/launch.ts";
import { CHANNELS, isReply, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse;
let supervisor: Launched;
beforeAll(async () => {
  house = await openTrialHouse();
  supervisor = house.launched;
});
afterAll(async () => {
  await house.close();
  await supervisor.exited;
});

const VICTIMS = ["supervisor", "hub", "worker:alice_live", "worker:bob_plays"] as const;
type Victim = (typeof VICTIMS)[number];
/** Five of each: as many falls as are answered at once before the supervisor makes a child rest. */
const ROUNDS_OF_EACH = 5;
const SEED = 20_261_121;

/** The same order every time: a failure can be looked at again. */
function drillOrder(): readonly Victim[] {
  let state = SEED;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % below;
  };
  const order = VICTIMS.flatMap((victim) => Array.from({ length: ROUNDS_OF_EACH }, () => victim));
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = next(at + 1);
    const [a, b] = [order[at], order[other]];
    if (a && b) [order[at], order[other]] = [b, a];
  }
  return order;
}

const pidOf = async (victim: Victim) =>
  victim === "supervisor" ? (await house.status()).pid : (await house.child(victim)).pid;

async function kill(victim: Victim): Promise<number> {
  const pid = await pidOf(victim);
  if (pid === undefined) throw new Error(`${victim} has no process`);
  process.kill(pid, "SIGKILL");
  if (victim !== "supervisor") return pid;
  await supervisor.exited;
  // What keeps the supervisor alive in earnest (PM2, systemd) is played here.
  supervisor = launchSupervisor(house.home, process.env);
  return pid;
}

const isBack = (victim: Victim, oldPid: number) =>
  house.until(
    () => house.status().catch(() => undefined),
    (status) => {
      if (status?.health !== "healthy") return false;
      const pid =
        victim === "supervisor" ? status.pid : status.children.find((child) => child.childId === victim)?.pid;
      return pid !== undefined && pid !== oldPid;
    },
  );

test("twenty kills in any order: whoever asks in an unaffected channel is answered, exactly once", async () => {
  const asked: { readonly channel: string; readonly viewer: string }[] = [];
  const ask = async (channel: string) => {
    const viewer = `drill_${asked.length}`;
    asked.push({ channel, viewer });
    await house.say(channel, viewer, "!ping");
    await house.replyTo(channel, viewer);
  };
  for (const victim of drillOrder()) {
    const old = await kill(victim);
    const unaffected = CHANNELS.filter((channel) => victim !== `worker:${channel}`);
    await Promise.all(unaffected.map(ask));
    await isBack(victim, old);
    await Promise.all(CHANNELS.map(ask));
  }
  const answers = asked.map(
    ({ channel, viewer }) => house.lines.filter((line) => isReply(line, channel, viewer)).length,
  );
  expect(answers).toEqual(asked.map(() => 1));
}, 120_000);
