/** Services that run beside hub and workers when an operator wants them: programs that are no Node and speak no IPC. */
import { join } from "node:path";
import * as v from "valibot";
import { checkoutFolder } from "./home.ts";
import { ChildId } from "./ids.ts";

export const SERVICES = ["drakon"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** As `status` and the logs name it. */
export const serviceChildId = (name: ServiceName): ChildId => v.parse(ChildId, name);

/** Where cargo leaves it. */
export const drakonProgram = (checkout = checkoutFolder): string =>
  join(checkout, "engine", "target", "release", "kissbot-drakon");

/** Says to a service who asks for its health: whoever looks after it. */
export const KEEPER_HEADER = "x-kissbot-keeper";
/** Known to a supervisor and to its successor, whichever process of the service it is about. */
export const keeperIdentity = (name: ServiceName): string => `keeper ${name}`;
