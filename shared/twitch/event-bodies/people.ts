/**
 * What all event bodies are made of. They travel from the hub to its own workers and are parsed at every arrival, so
 * they check kinds only: lengths and odd values are the hub's business, where Twitch's words come in.
 */
import * as v from "valibot";
import { UserId } from "../../ids.ts";

/** `name` is how they write it themselves, in any script; `login` is what Twitch knows them by. */
export const Person = v.object({ id: UserId, login: v.string(), name: v.string() });
export type Person = v.InferOutput<typeof Person>;

/** Whose channel it is. */
export const broadcaster = { broadcasterLogin: v.string(), broadcasterName: v.string() };

export const TIERS = ["1000", "2000", "3000"] as const;
export const Tier = v.picklist(TIERS);
export type Tier = v.InferOutput<typeof Tier>;
