/** What only a person can mend, as the children tell it. Pure. */
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import { DAMAGE } from "../../shared/damage-report.ts";
import { ChildId } from "../../shared/ids.ts";
import { isLoginLost } from "../../shared/ipc/supervisor-child.ts";
import { isOver } from "../child-errors.ts";
import type { Member } from "../post.ts";

export interface Incident {
  /** The same incident has the same key, whoever tells of it and after every restart. */
  readonly key: string;
  readonly child: ChildId;
  /** What happened and what to do. */
  readonly text: string;
}

export interface Sight {
  readonly incidents: readonly Incident[];
  /** Children that are at work: what one of them does not tell is over. Of others nothing is known. */
  readonly atWork: ReadonlySet<ChildId>;
  /** Children there are: whoever is gone has no incidents. */
  readonly present: ReadonlySet<ChildId>;
}

type Teller = Pick<Member, "child" | "errors">;

/** What no child tells of. */
export interface HouseSight {
  /** Since this supervisor started. */
  readonly hasLooked: boolean;
  readonly damage: string | undefined;
}

export function toSight(members: readonly Teller[], house: HouseSight, now: Millis): Sight {
  const byKey = new Map<string, Incident>();
  for (const incident of [
    ...incidentsOfHouse(house),
    ...members.flatMap((member) => incidentsOf(member, now)),
  ])
    if (!byKey.has(incident.key)) byKey.set(incident.key, incident);
  const running = members.filter(({ child }) => child.state.is === "running");
  return {
    incidents: [...byKey.values()],
    atWork: new Set([...(house.hasLooked ? [HOUSE] : []), ...running.map(({ child }) => child.spec.id)]),
    present: new Set([HOUSE, ...members.map(({ child }) => child.spec.id)]),
  };
}

/** Where an incident is told of by no child. */
const HOUSE = v.parse(ChildId, "supervisor");

const incidentsOfHouse = ({ damage }: HouseSight): readonly Incident[] =>
  damage === undefined ? [] : [{ key: DAMAGE, child: HOUSE, text: damage }];

function incidentsOf({ child, errors }: Teller, now: Millis): readonly Incident[] {
  const { id } = child.spec;
  const waits = child.waits
    .filter((wait) => wait.for === "operator" && (wait.until === undefined || wait.until > now))
    .map(({ code, detail }): Incident => ({ key: `${id} ${code ?? "waits"}`, child: id, text: detail }));
  const lost = errors
    .filter((error) => error.kind === "lasting" && isLoginLost(error.code) && !isOver(error, now))
    .map(({ code, detail }): Incident => ({ key: `${id} ${code}`, child: id, text: detail }));
  if (child.state.is !== "given-up") return [...waits, ...lost];
  const last = child.lastExit === undefined ? "" : ` (${child.lastExit})`;
  const text = `${id} was given up${last}: ./kissbot.sh status says why; mend its configuration, then ./kissbot.sh reload`;
  return [...waits, ...lost, { key: `${id} given-up`, child: id, text }];
}
