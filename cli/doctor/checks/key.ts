import { examineDatabase } from "../../../db/examine.ts";
import { openKeyChest } from "../../../db/secrets/key-chest.ts";
import { describeKeySource, findKeySource } from "../../../shared/key-source.ts";
import { describeKeys } from "../../db/database-page.ts";
import { environmentOfHouse } from "../../house/environment-of-house.ts";
import { defineCheck } from "../check.ts";

const nothingSealed = { sealedWith: {}, unsealed: 0 };

export default defineCheck({
  name: "key",
  async run(desk) {
    const { home } = desk;
    const examined = examineDatabase(home.database);
    const source = findKeySource(home.folder, environmentOfHouse(desk));
    const facts = examined.is === "there" ? examined.facts : nothingSealed;
    return describeKeys(describeKeySource(source), openKeyChest(source).find(), facts).map(
      ({ level, says }) =>
        level === "ok"
          ? { level, says }
          : { level, says, fix: "put the right key back, or ./kissbot.sh db forget-tokens and log in anew" },
    );
  },
});
