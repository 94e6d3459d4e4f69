/** What the process that owns the tokens says of them: it knows before the database does, and better than a look at them. */
import type { AccountKey } from "../../db/accounts.ts";
import type { HubStatus } from "../../shared/ipc/hub-control.ts";
import type { LoneStatus } from "../../shared/ipc/lone-control.ts";
import { askHubStatus, askLoneStatus } from "../control-link.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import type { Desk } from "../verb.ts";

export type HeldState = HubStatus["token"]["state"];

/** undefined: nobody holds it, or nobody can be asked. */
export type HeldLogins = (key: AccountKey) => HeldState | undefined;

export const nobodyHolds: HeldLogins = () => undefined;

export async function askHeldLogins({ home, clock }: Pick<Desk, "home" | "clock">): Promise<HeldLogins> {
  const { is } = readSupervisorNote(home);
  if (is === "lone-worker") {
    const asked = await askLoneStatus(home, clock);
    return asked.is === "answered" ? heldByLone(asked.status) : nobodyHolds;
  }
  if (is !== "alive") return nobodyHolds;
  const asked = await askHubStatus(home, clock);
  return asked.is === "answered" ? heldByHub(asked.status) : nobodyHolds;
}

/** Pure. */
export const heldByHub =
  ({ token, broadcasters = [] }: Pick<HubStatus, "token" | "broadcasters">): HeldLogins =>
  ({ login, tokenType }) =>
    tokenType === "bot" ? token.state : broadcasters.find((one) => one.login === login)?.state;

const NEEDS_LOGIN: readonly (string | undefined)[] = ["needs-reauth", "not-logged-in"];

/** Pure. It tells of what is wrong only. */
export const heldByLone =
  ({ waits, troubles }: Pick<LoneStatus, "waits" | "troubles">): HeldLogins =>
  ({ tokenType }) =>
    tokenType === "bot" && [...waits, ...troubles].some(({ code }) => NEEDS_LOGIN.includes(code))
      ? "needs-reauth"
      : undefined;
