import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SlowestFirst } from "./tests/support/slowest-first-sequencer.ts";

// Three rings (house-style 2.9): tables beside the files they test, rooms in one process, house with real processes.
// Before them the rules: what is true of the sources themselves. Files share a process, which takes a fifth of the time:
// none of them changes what another finds, and what one leaves open fails it.
const CORES = availableParallelism();
/** House tests whose crowds ask as much as the machine takes, and that hold answers to their deadlines. */
const DRILLS = ["tests/house/drill-sigterm.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default"],
    setupFiles: ["tests/support/no-leaks.ts"],
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "rules",
          include: ["tests/rules/**/*.test.ts"],
          testTimeout: 15_000,
          isolate: false,
          maxWorkers: CORES,
        },
      },
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{shared,db,backup,supervisor,hub,worker,alone,cli,sim,engine,bench}/**/*.test.ts"],
          testTimeout: 15_000,
          isolate: false,
          maxWorkers: CORES,
        },
      },
      {
        extends: true,
        test: {
          name: "rooms",
          include: ["tests/rooms/**/*.test.ts"],
          testTimeout: 15_000,
          isolate: false,
          // A third of their time is the waiting of services that are slow on purpose.
          maxWorkers: CORES + 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "house",
          include: ["tests/house/**/*.test.ts"],
          exclude: DRILLS,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate: false,
          // Real processes: a house waits more than it works; many more than cores would break deadlines.
          maxWorkers: CORES + 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "drills",
          include: DRILLS,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
