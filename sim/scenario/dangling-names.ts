/**
 * Names in a scenario that point at nothing in it. People who only act (viewers, moderators, followers) need no
 * entry; channels that are acted in, and whoever a token belongs to, do: there a typing error would be silent.
 */
import type { Problem } from "../control/problems.ts";
import type { Scenario } from "./scenario.ts";

export function findDanglingNames(scenario: Scenario): readonly Problem[] {
  const people = new Set([...scenario.users, ...scenario.channels].map(({ login }) => login.toLowerCase()));
  const clientIds = new Set(scenario.applications.map(({ clientId }) => clientId));
  const problems: Problem[] = [];

  const needPerson = (login: string, path: Problem["path"]) => {
    if (people.has(login.toLowerCase())) return;
    problems.push({
      path,
      what: `is ${JSON.stringify(login)}, expected a login from users or channels (${listed(people)})`,
    });
  };
  const needClient = (clientId: string, path: Problem["path"]) => {
    if (clientIds.has(clientId)) return;
    problems.push({
      path,
      what: `is ${JSON.stringify(clientId)}, expected a clientId from applications (${listed(clientIds)})`,
    });
  };

  scenario.tokens.forEach((token, at) => {
    needClient(token.clientId, ["tokens", at, "clientId"]);
    if (token.user !== undefined) needPerson(token.user, ["tokens", at, "user"]);
  });
  scenario.grants.forEach((grant, at) => {
    needClient(grant.clientId, ["grants", at, "clientId"]);
    needPerson(grant.user, ["grants", at, "user"]);
  });
  scenario.script.forEach((step, at) => {
    if ("channel" in step) needPerson(step.channel, ["script", at, "channel"]);
    if ((step.do === "raid" || step.do === "shoutout") && typeof step.to === "string")
      needPerson(step.to, ["script", at, "to"]);
    if (step.times !== undefined && step.every === undefined) {
      problems.push({ path: ["script", at, "times"], what: "needs an `every` beside it" });
    }
  });
  return [...problems, ...findDoubles(scenario)];
}

function findDoubles(scenario: Scenario): readonly Problem[] {
  return [
    ...doubled(
      scenario.users.map(({ login }) => login.toLowerCase()),
      "users",
      "login",
    ),
    ...doubled(
      scenario.users.map(({ id }) => id),
      "users",
      "id",
    ),
    ...doubled(
      scenario.channels.map(({ login }) => login.toLowerCase()),
      "channels",
      "login",
    ),
    ...doubled(
      scenario.applications.map(({ clientId }) => clientId),
      "applications",
      "clientId",
    ),
    ...doubled(
      scenario.tokens.map(({ accessToken }) => accessToken),
      "tokens",
      "accessToken",
    ),
  ];
}

function doubled(values: readonly (string | undefined)[], list: string, key: string): readonly Problem[] {
  return values.flatMap((value, at) =>
    value !== undefined && values.indexOf(value) < at
      ? [{ path: [list, at, key], what: `is ${JSON.stringify(value)} a second time` }]
      : [],
  );
}

const listed = (names: ReadonlySet<string>) => (names.size === 0 ? "there is none" : [...names].join(", "));
