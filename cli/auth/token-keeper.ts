/**
 * Who may write tokens now: the hub when there is one, else the command line itself, for as long as it holds the
 * house's lock, so that no hub starts meanwhile. Two that refresh one token invalidate each other's.
 */
import { join } from "node:path";
import type { AccountKey, Accounts, AccountTokens } from "../../db/accounts.ts";
import { type AuditLog, makeAuditLog } from "../../db/audit-log.ts";
import { openDatabase } from "../../db/open.ts";
import type { Millis } from "../../shared/clock.ts";
import { prepareHome } from "../../shared/home.ts";
import type { HubOrder } from "../../shared/ipc/hub-control.ts";
import { describeLoneWorker, findLoneWorker } from "../../shared/lone-worker.ts";
import {
  findProcessNote,
  isAlive,
  makeProcessNote,
  removeProcessNote,
  takeLock,
} from "../../shared/process-note.ts";
import { askHub } from "../hub/ask-hub.ts";
import type { Desk } from "../verb.ts";
import { openAccounts } from "./auth-room.ts";

export type Order =
  | ({ readonly do: "take-login"; readonly tokens: AccountTokens } & AccountKey)
  | ({ readonly do: "refresh-login" | "forget-login" } & AccountKey);

export type Kept =
  | { readonly is: "done"; readonly line: string; readonly by: "hub" | "cli" }
  | { readonly is: "refused" | "away"; readonly because: string };

/** What the command line does when no hub is there to do it. */
export type ByOneself = (store: {
  readonly accounts: Accounts;
  readonly audit: AuditLog;
}) => Promise<{ readonly is: "done"; readonly line: string } | Extract<Kept, { readonly because: string }>>;

/** A hub that is replaced is there again in a second or two. */
const HUB_BACK_WITHIN_MS: Millis = 15_000;
const LOOK_AGAIN_MS: Millis = 500;

export async function carryOut(order: Order, byOneself: ByOneself, desk: Desk): Promise<Kept> {
  const giveUpAt = desk.clock.now() + HUB_BACK_WITHIN_MS;
  for (;;) {
    const asked = await askHub(toHubOrder(order), "done", desk);
    if (asked.is === "answered") return { is: "done", line: asked.answer.line, by: "hub" };
    if (asked.is === "refused") return asked;
    const own = await underLock(byOneself, desk);
    if (own.is !== "held") return own;
    if (desk.clock.now() > giveUpAt)
      return {
        is: "away",
        because: `KissBot runs here (${own.who}), but its hub does not answer (${asked.problem}): ./kissbot.sh status says how it is`,
      };
    await new Promise<void>((resolve) => void desk.clock.after(LOOK_AGAIN_MS, resolve));
  }
}

function toHubOrder(order: Order): HubOrder {
  const { login, tokenType } = order;
  if (order.do !== "take-login") return { do: order.do, login, tokenType };
  const { accessToken, refreshToken } = order.tokens;
  return {
    do: order.do,
    login,
    tokenType,
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
}

async function underLock(
  byOneself: ByOneself,
  desk: Desk,
): Promise<Kept | { readonly is: "held"; readonly who: string }> {
  const { home, clock } = desk;
  prepareHome(home);
  const file = join(home.pids, "supervisor.json");
  const lock = takeLock(file, makeProcessNote(process.pid, new Date(clock.wall())));
  if (lock.is === "held") return { is: "held", who: `process ${lock.by.pid}` };
  try {
    const lone = findLoneWorker(home);
    if (lone)
      return {
        is: "refused",
        because: `a worker runs alone here (${describeLoneWorker(lone)}) and holds the tokens: ./kissbot.sh stop, then run this again`,
      };
    // Its supervisor may be gone and another one on its way.
    const hub = findProcessNote(join(home.pids, "hub.json"));
    if (hub && isAlive(hub)) return { is: "held", who: `the hub, process ${hub.pid}` };
    const db = openDatabase(home.database, { source: "cli" });
    try {
      const done = await byOneself({
        accounts: openAccounts(db, desk),
        audit: makeAuditLog(db, "cli", clock.wall),
      });
      return done.is === "done" ? { ...done, by: "cli" } : done;
    } finally {
      db.close();
    }
  } finally {
    removeProcessNote(file);
  }
}
