import { defineConfig } from "vitest/config";

// Three rings (house-style 2.9): tables beside the files they test, rooms in one process, house with real processes.
export default defineConfig({
  test: {
    reporters: ["default"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["{shared,db,supervisor,hub,worker,cli,sim}/**/*.test.ts", "tests/rules/**/*.test.ts"],
          testTimeout: 15_000,
        },
      },
      { test: { name: "rooms", include: ["tests/rooms/**/*.test.ts"], testTimeout: 15_000 } },
      {
        test: {
          name: "house",
          include: ["tests/house/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Real processes on two cores: one house at a time keeps deadlines honest.
          fileParallelism: false,
        },
      },
    ],
  },
});
