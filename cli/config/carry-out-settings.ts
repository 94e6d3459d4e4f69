/** One `settings …` against the book: what is said, and whether the house has to be told. */
import type { Revision } from "../../db/settings.ts";
import { toEffective } from "../../shared/config/own-settings.ts";
import { nameSetting, planSetting } from "../../shared/config/plan-setting.ts";
import { withOwnSettings } from "../../shared/config/with-own-settings.ts";
import { toWorkerSettings } from "../../shared/config-papers.ts";
import type { Login } from "../../shared/ids.ts";
import { describeChange, describeRevision, findDifferences } from "./settings-page.ts";
import { chooseChannel, type SettingsSession } from "./settings-session.ts";

export type SettingsAction =
  | { readonly do: "set"; readonly key: string; readonly value: string }
  | { readonly do: "unset"; readonly key: string }
  | { readonly do: "log"; readonly key: string | undefined }
  | { readonly do: "diff"; readonly from: number; readonly to: number | undefined }
  | { readonly do: "restore"; readonly revision: number };

export type CarriedOut =
  | {
      readonly is: "done";
      readonly lines: readonly string[];
      readonly hasChanged: boolean;
      readonly json: unknown;
    }
  | { readonly is: "refused"; readonly because: string };

const LOG_SHOWN = 40;

export function carryOutSettings(
  action: SettingsAction,
  typedChannel: string | undefined,
  session: SettingsSession,
): CarriedOut {
  if (action.do === "log" && typedChannel === undefined) return showLog(action.key, undefined, session);
  const chosen = chooseChannel(typedChannel, session.channels);
  if (chosen.is === "wrong") return { is: "refused", because: chosen.says };
  const { channel } = chosen;
  switch (action.do) {
    case "set":
    case "unset":
      return change(action, channel, session);
    case "log":
      return showLog(action.key, channel, session);
    case "diff":
      return showDiff(action, channel, session);
    case "restore":
      return restore(action.revision, channel, session);
  }
}

function change(
  action: Extract<SettingsAction, { do: "set" | "unset" }>,
  channel: Login,
  session: SettingsSession,
): CarriedOut {
  const { book, config, schemas, author } = session;
  const now = toEffective(toWorkerSettings(withOwnSettings(config, book.all()).config, channel));
  const planned =
    action.do === "set"
      ? planSetting(action.key, action.value, { schemas, now, by: "operator" })
      : { ...nameSetting(action.key, schemas, "operator"), value: undefined };
  if (planned.is === "refused") return { is: "refused", because: planned.says };
  const stored = { own: { [planned.key]: planned.value }, revision: 0 };
  const [problem] =
    planned.value === undefined ? [] : withOwnSettings(config, new Map([[channel, stored]])).problems;
  if (problem) return { is: "refused", because: `${planned.key}: ${problem.says}` };
  const changed = book.change(channel, planned.key, planned.value, author);
  return changed.is === "same"
    ? { is: "done", lines: [`${channel}: ${planned.key} is like that already`], hasChanged: false, json: [] }
    : told([changed.revision], session);
}

const told = (revisions: readonly Revision[], { schemas }: SettingsSession): CarriedOut => ({
  is: "done",
  lines: revisions.map(
    ({ revision, channel, key, before, after }) =>
      `${channel}: ${describeChange(key, before, after, schemas)} (revision ${revision})`,
  ),
  hasChanged: revisions.length > 0,
  json: revisions,
});

function showLog(key: string | undefined, channel: Login | undefined, session: SettingsSession): CarriedOut {
  const { book, schemas } = session;
  const named = key === undefined ? undefined : nameSetting(key, schemas, "operator");
  if (named?.is === "refused") return { is: "refused", because: named.says };
  const revisions = book.log({ channel, key: named?.key, countMax: LOG_SHOWN });
  const lines =
    revisions.length === 0
      ? ["nothing was changed yet: everything is as configured"]
      : revisions.map((one) => describeRevision(one, schemas));
  return { is: "done", lines, hasChanged: false, json: revisions };
}

function showDiff(
  { from, to }: Extract<SettingsAction, { do: "diff" }>,
  channel: Login,
  { book, schemas }: SettingsSession,
): CarriedOut {
  const unknown = [from, to ?? 0].find((revision) => !isRevision(revision, book));
  if (unknown !== undefined) return noRevision(unknown);
  const differences = findDifferences(
    book.at(channel, from),
    book.at(channel, to ?? Number.MAX_SAFE_INTEGER),
  );
  const lines =
    differences.length === 0
      ? [`${channel}: no difference`]
      : differences.map(({ key, before, after }) => describeChange(key, before, after, schemas));
  return { is: "done", lines, hasChanged: false, json: differences };
}

function restore(revision: number, channel: Login, session: SettingsSession): CarriedOut {
  if (!isRevision(revision, session.book)) return noRevision(revision);
  const revisions = session.book.restore(channel, revision, session.author);
  if (revisions.length > 0) return told(revisions, session);
  return { is: "done", lines: [`${channel}: it is like that already`], hasChanged: false, json: [] };
}

/** 0: how all began. */
const isRevision = (revision: number, book: SettingsSession["book"]): boolean =>
  revision === 0 || book.find(revision) !== undefined;

const noRevision = (revision: number): CarriedOut => ({
  is: "refused",
  because: `there is no revision ${revision}`,
});
