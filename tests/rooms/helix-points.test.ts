/** What Helix says of its points, heard from the library's own requests against the simulator. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TokenOwner } from "../../hub/tokens/token-owner.ts";
import { type HelixDoor, openHelix } from "../../hub/twitch/helix.ts";
import { systemClock } from "../../shared/clock.ts";
import { type Sim, startSim } from "../../sim/server.ts";

const ACCESS_TOKEN = "kissbot-demo-access-token";

let sim: Sim;
let helix: HelixDoor;
beforeEach(async () => {
  sim = await startSim({ scenario: "quiet" });
  const { id, login } = sim.world.getUser("kissbot");
  const token = { accessToken: ACCESS_TOKEN, facts: { userId: id, login, scopes: [] } };
  const tokens = {
    get: async () => ({ is: "token", token }),
    replace: async () => ({ is: "away", problem: "not here" }),
    state: () => ({ is: "good", token }),
  } as unknown as TokenOwner;
  helix = openHelix({
    baseUrl: `${sim.httpUrl}/helix`,
    clientId: "kissbot-demo-client",
    tokens,
    clock: systemClock,
  });
});
afterEach(async () => {
  await helix.close();
  await sim.stop();
});

test("each answer tells what is left; what has failed is no longer under way", async () => {
  expect(helix.points.state()).toEqual([]);
  const alice = await helix.api.users.getUserByName("alice_live");
  expect(alice?.name).toBe("alice_live");
  expect(helix.points.state()).toMatchObject([{ bucket: "bot", limit: 800, remaining: 799 }]);
  await Promise.all(
    ["alice_live", "bob_plays", "kissbot"].map((name) => helix.api.users.getUserByName(name)),
  );
  const [bucket] = helix.points.state();
  // Points come back all the time: some of the four are there again.
  expect(bucket?.remaining).toBeLessThan(800);
  expect(bucket?.remaining).toBeGreaterThanOrEqual(796);
  expect(helix.points.room("background").points).toBe((bucket?.remaining ?? 0) - 200);

  sim.faults.apply({ do: "answer", place: "helix", path: "/users", status: 404, count: 1 });
  await expect(helix.api.users.getUserByName("alice_live")).rejects.toThrow();
  const [after] = helix.points.state();
  expect(after?.remaining).toBeGreaterThanOrEqual(794);
});
