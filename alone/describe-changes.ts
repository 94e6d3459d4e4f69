/** What has changed in how a worker is, in lines for a terminal. Pure. */
import type { Condition } from "../shared/ipc/child-condition.ts";
import type { Counters } from "../shared/ipc/supervisor-child.ts";

export interface Look {
  readonly condition: Condition;
  readonly chatLink: Counters["chatLink"];
}

export const FIRST_LOOK: Look = { condition: { waits: [], troubles: [] }, chatLink: "none" };

const MS_PER_S = 1_000;

export function describeChanges(before: Look, now: Look): readonly string[] {
  return [
    ...(now.chatLink === "open" && before.chatLink !== "open" ? ["chat: connected"] : []),
    ...describeTroubles(before.condition.troubles, now.condition),
    ...describeWaits(before.condition.waits, now.condition.waits),
  ];
}

/** What is wrong with chat is told as what it waits for, where it waits; and its end by its being connected. */
const isChat = (code: string): boolean => code.startsWith("chat-");

function describeTroubles(before: Condition["troubles"], { troubles, waits }: Condition): readonly string[] {
  const isWaiting = waits.some(({ stage }) => stage === "chat");
  const begun = troubles.filter(
    ({ code, detail }) =>
      !(isChat(code) && isWaiting) && !before.some((one) => one.code === code && one.detail === detail),
  );
  const over = before.filter(({ code }) => !isChat(code) && !troubles.some((one) => one.code === code));
  return [
    ...begun.map(({ code, detail }) => `${code}: ${detail}`),
    ...over.map(({ code }) => `${code}: over`),
  ];
}

/** One that is claimed anew with another time is still the same. */
function describeWaits(before: Condition["waits"], now: Condition["waits"]): readonly string[] {
  return now
    .filter(({ stage, detail }) => !before.some((one) => one.stage === stage && one.detail === detail))
    .map((wait) => {
      const until = wait.forMs === undefined ? "" : `, for ${Math.ceil(wait.forMs / MS_PER_S)} s at most`;
      return `${wait.stage} waits for ${wait.for === "operator" ? "you" : wait.for}${until}: ${wait.detail}`;
    });
}
