/**
 * The files of the ring `house` that take longest, in this order. A fresh checkout remembers no run. The ranker is built
 * for `drakon`, which cargo does faster once it has done what runs beside this ring.
 */
export const SLOWEST = [
  "auth",
  "eventsub-drills",
  "conditions",
  "permits",
  "drill",
  "secrets",
  "backup",
  "delivery",
  "database-walks",
  "backup-kills",
  "database",
  "pace",
  "adoption",
  "falls",
  "worker-alone-missed",
  "games",
  "chat-eventsub",
  "worker-alone",
  "eventsub-crowd",
  "drakon",
  "cli",
  "logs",
  "eventsub-renewal",
  "alerts",
  "reload-house",
  "eventsub-neighbours",
  "pm2",
  "drill-disk-full",
  "bad-arguments",
  "bad-input",
  "hub-ctl",
  "audit",
  "life",
  "direct",
];

/** Pure. Those that are not named keep their order, behind the others. */
export function orderSlowestFirst<One>(all: readonly One[], nameOf: (one: One) => string): One[] {
  const rank = (one: One) => {
    const found = SLOWEST.indexOf(nameOf(one));
    return found < 0 ? SLOWEST.length : found;
  };
  return all.toSorted((a, b) => rank(a) - rank(b));
}
