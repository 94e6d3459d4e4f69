import * as v from "valibot";
import { SERVICES, type ServiceName } from "../shared/house-services.ts";
import type { Db } from "./open.ts";

/** Which services an operator wants to run. */
export interface ServiceBook {
  wanted(): readonly ServiceName[];
  setWanted(name: ServiceName, isWanted: boolean): void;
}

/** Another version may have known others. */
const Row = v.object({ name: v.string() });

export function makeServiceBook(db: Db): ServiceBook {
  const select = db.prepare("SELECT name FROM house_services WHERE is_wanted = 1 ORDER BY name");
  const upsert = db.prepare(
    `INSERT INTO house_services (name, is_wanted, changed_at) VALUES (?, ?, unixepoch())
     ON CONFLICT (name) DO UPDATE SET is_wanted = excluded.is_wanted, changed_at = excluded.changed_at`,
  );
  return {
    wanted() {
      const names = select.all().map((raw) => v.parse(Row, raw).name);
      return SERVICES.filter((service) => names.includes(service));
    },
    setWanted: (name, isWanted) => void upsert.run(name, isWanted ? 1 : 0),
  };
}
