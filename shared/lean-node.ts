/**
 * Small young generation, one helper thread, baseline WebAssembly only: what a process that mostly waits needs.
 * Together they save about 10 MB a process.
 */
export const LEAN_NODE = ["--max-semi-space-size=1", "--v8-pool-size=1", "--liftoff-only"];
