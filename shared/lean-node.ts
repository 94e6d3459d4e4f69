/**
 * Small young generation, one helper thread, baseline WebAssembly only: what a process that mostly waits needs.
 * Together they save about 10 MB a process.
 */
export const LEAN_NODE = ["--max-semi-space-size=1", "--v8-pool-size=1", "--liftoff-only"];

/**
 * All channels' events pass through the hub: with a young generation of 1 MB a fifth of a flood's time goes into
 * clearing it. It grows only when there is something to clear.
 */
export const LEAN_HUB_NODE = ["--max-semi-space-size=8", "--v8-pool-size=1", "--liftoff-only"];
