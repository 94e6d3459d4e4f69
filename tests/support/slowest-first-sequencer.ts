/** What takes longest begins first, so that nobody waits for one file at the end: see vitest.config.ts. */
import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { orderSlowestFirst } from "./slowest-first.ts";

const RING = "house";

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { house = [], others = [] } = Object.groupBy(await super.sort(files), ({ project }) =>
      project.name === RING ? "house" : "others",
    );
    return [...others, ...orderSlowestFirst(house, ({ moduleId }) => basename(moduleId, ".test.ts"))];
  }
}
