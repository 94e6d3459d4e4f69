/**
 * Node's cryptography where it is needed and when: an import of it costs a process 1.3 MB, and most workers hash nothing.
 */
export const lazyCrypto = (): typeof import("node:crypto") => process.getBuiltinModule("node:crypto");
