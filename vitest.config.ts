import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Three rings (house-style 2.9): tables beside the files they test, rooms in one process, house with real processes.
// Before them the rules: what is true of the sources themselves.
export default defineConfig({
  test: {
    reporters: ["default"],
    setupFiles: ["tests/support/no-leaks.ts"],
    projects: [
      { extends: true, test: { name: "rules", include: ["tests/rules/**/*.test.ts"], testTimeout: 15_000 } },
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{shared,db,supervisor,hub,worker,cli,sim,bench}/**/*.test.ts"],
          testTimeout: 15_000,
        },
      },
      { extends: true, test: { name: "rooms", include: ["tests/rooms/**/*.test.ts"], testTimeout: 15_000 } },
      {
        extends: true,
        test: {
          name: "house",
          include: ["tests/house/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Real processes: a house waits more than it works, but more houses than cores would break deadlines.
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
