/** What several checks look at, looked at once for each run: the configuration, the accounts, the house. */
import { existsSync } from "node:fs";
import { type AuthRoom, openAuthRoom, withAccounts } from "../auth/auth-room.ts";
import { askHeldLogins, heldByHub } from "../auth/held-logins.ts";
import { type AccountsSeen, lookAtAccounts } from "../auth/look-at-accounts.ts";
import { askHubStatus, askSupervisorStatus } from "../control-link.ts";
import type { Desk } from "../verb.ts";

/** One answer for each desk, however many checks ask; kept for as long as the desk lives. */
function once<Answer>(look: (desk: Desk) => Promise<Answer>): (desk: Desk) => Promise<Answer> {
  const answers = new WeakMap<Desk, Promise<Answer>>();
  return (desk) => {
    const known = answers.get(desk);
    if (known) return known;
    const answer = look(desk);
    answers.set(desk, answer);
    return answer;
  };
}

/** undefined: no configuration that could be used; the check of the configuration says what is wrong with it. */
export const findRoom = once(async (desk: Desk): Promise<AuthRoom | undefined> => {
  try {
    return openAuthRoom(desk);
  } catch {
    return undefined;
  }
});

export const findAccountsSeen = once(async (desk: Desk): Promise<AccountsSeen | undefined> => {
  const room = await findRoom(desk);
  if (!room) return undefined;
  const hub = await askHub(desk);
  const using = {
    held: hub.is === "answered" ? heldByHub(hub.status) : await askHeldLogins(desk),
    wallNow: desk.clock.wall(),
  };
  const look = (accounts: Parameters<typeof lookAtAccounts>[1]) => lookAtAccounts(room, accounts, using);
  // A database that can't be opened is another check's finding; the configuration may name tokens all the same.
  return withAccounts(desk, look).catch(() => look(undefined));
});

export const askHouse = once(async ({ home, clock }: Desk) =>
  existsSync(home.houseKeyFile)
    ? askSupervisorStatus(home, clock)
    : ({ is: "away", problem: "it does not run" } as const),
);

export const askHub = once(async ({ home, clock }: Desk) =>
  existsSync(home.houseKeyFile)
    ? askHubStatus(home, clock)
    : ({ is: "away", problem: "it does not run" } as const),
);
