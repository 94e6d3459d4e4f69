/** What a process of the house, or PM2, may see of our environment: nothing an operator's shell might hold by chance. */
const KEPT = ["PATH", "HOME", "LANG", "TZ", "XDG_RUNTIME_DIR", "TMPDIR", "NODE_EXTRA_CA_CERTS"];

export const keptEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    KEPT.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
