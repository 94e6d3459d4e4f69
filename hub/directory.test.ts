import * as v from "valibot";
import { expect, test } from "vitest";
import { Login } from "../shared/ids.ts";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import { silentLog } from "../tests/support/silent-log.ts";
import { makeDirectory } from "./directory.ts";

const alice = v.parse(Login, "alice_live");

function openDirectory() {
  const clock = makeFakeClock();
  const accounts = new Set<string>();
  const asked: (readonly string[])[] = [];
  const directory = makeDirectory({
    api: {
      users: {
        async getUsersByNames(logins) {
          asked.push(logins);
          return logins
            .filter((login) => accounts.has(login))
            .map((name) => ({ name, id: "100", displayName: name }));
        },
      },
    },
    store: { find: () => undefined, put() {} },
    clock,
    log: silentLog,
  });
  const find = async () => {
    const found = directory.find(alice);
    await clock.advance(10);
    return (await found).is;
  };
  return { clock, accounts, asked, directory, find };
}

test("whom Twitch left out is nobody for a minute, and is asked for again when somebody needs them then", async () => {
  const { clock, accounts, asked, directory, find } = openDirectory();
  await directory.refresh([alice]);
  accounts.add(alice);
  expect(await find()).toBe("nobody");
  expect(asked).toHaveLength(1);
  await clock.advance(60_000);
  expect(asked).toHaveLength(1);
  expect(await find()).toBe("known");
  expect(asked).toHaveLength(2);
});

test("who is nobody still is asked for once a minute, however many ask", async () => {
  const { clock, asked, find } = openDirectory();
  for (let count = 0; count < 30; count += 1) {
    expect(await find()).toBe("nobody");
    await clock.advance(5_000);
  }
  expect(asked).toHaveLength(3);
});
