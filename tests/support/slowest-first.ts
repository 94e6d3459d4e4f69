/** The files of the ring `house` that take longest, in this order. A fresh checkout remembers no run. */
export const SLOWEST = [
  "auth",
  "drill",
  "eventsub-drills",
  "secrets",
  "conditions",
  "worker-alone",
  "permits",
  "cli",
  "hub-ctl",
  "delivery",
  "doctor",
  "eventsub-crowd",
  "bad-arguments",
  "drakon",
  "database",
  "pace",
  "settings",
  "worker-alone-missed",
  "chat-eventsub",
  "eventsub-neighbours",
  "pm2",
  "eventsub-renewal",
  "logs",
  "falls",
  "adoption",
  "drill-sigterm",
  "games",
];

/** Pure. Those that are not named keep their order, behind the others. */
export function orderSlowestFirst<One>(all: readonly One[], nameOf: (one: One) => string): One[] {
  const rank = (one: One) => {
    const found = SLOWEST.indexOf(nameOf(one));
    return found < 0 ? SLOWEST.length : found;
  };
  return all.toSorted((a, b) => rank(a) - rank(b));
}
