/**
 * One file per process into dist/ (and one for each part that only some processes load, later), because that is what runs: a bundled worker takes a third of the memory of an
 * unbundled one and starts ten times as fast. `--if-changed` does nothing when no source has changed since,
 * `--meta` lists what makes each bundle large.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";

const root = import.meta.dirname;
const dist = join(root, "dist");
const stampFile = join(dist, ".stamp");
const PROCESSES = ["supervisor", "hub", "worker", "alone", "sim", "backup"];
/** Whatever of these changes may change a bundle. */
const SOURCES = [...PROCESSES, "shared", "db", "engine", "bundle.mjs", "package-lock.json"];
/** Native: it finds its binary beside its own file, so it stays in node_modules. */
const EXTERNAL = ["better-sqlite3"];
const INPUTS_SHOWN = 12;

function* sourceFiles(path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  if (/\.(mjs|json)$/.test(path)) return yield path;
  const entries = readdirSync(full, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.isDirectory()) yield* sourceFiles(join(path, entry.name));
    else if (entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts")) yield join(path, entry.name);
  }
}

function hashSources() {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of sourceFiles(source))
      hash
        .update(file)
        .update("\0")
        .update(readFileSync(join(root, file)))
        .update("\0");
  }
  return hash.digest("hex");
}

const isFresh = (stamp) =>
  existsSync(stampFile) &&
  readFileSync(stampFile, "utf8") === stamp &&
  PROCESSES.every((name) => existsSync(join(dist, `${name}.mjs`)));

/**
 * In a bundle there is no folder to read: worker/modules-folder.ts is replaced by static imports of what stood in
 * the folder when it was bundled, with the same export.
 */
const modulesFolder = {
  name: "modules-folder",
  setup(build) {
    build.onLoad({ filter: /[\\/]worker[\\/]modules-folder\.ts$/ }, () => {
      const folder = join(root, "worker", "modules");
      const files = readdirSync(folder, { withFileTypes: true })
        .filter((entry) => !entry.name.startsWith("_") && !entry.name.endsWith(".test.ts"))
        .map((entry) => (entry.isDirectory() ? `${entry.name}/index.ts` : entry.name))
        .sort();
      const imports = files.map(
        (file, at) => `import module${at} from ${JSON.stringify(`./modules/${file}`)};`,
      );
      const rows = files.map((file, at) => `{ file: ${JSON.stringify(file)}, exported: module${at} }`);
      return {
        contents: `${imports.join("\n")}\nexport const loadModuleFiles = async () => [${rows.join(", ")}];\n`,
        resolveDir: join(root, "worker"),
        watchDirs: [folder],
      };
    });
  },
};

/**
 * In a bundle every source has the bundle's address. Ours that look for files beside themselves are told where they
 * stood in the checkout, which is one folder above dist/.
 */
const ownFolders = {
  name: "own-folders",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path.includes("node_modules")) return undefined;
      const text = readFileSync(path, "utf8");
      if (!text.includes("import.meta.dirname")) return undefined;
      const stood = JSON.stringify(relative(root, dirname(path)));
      return {
        contents: text.replaceAll("import.meta.dirname", `kissbotJoin(import.meta.dirname, "..", ${stood})`),
        loader: "ts",
      };
    });
  },
};

/**
 * An `import` from one of Node's own modules reads every one of its exports once, and what those load on being read: for
 * node:fs that is promises, streams and readline, 0.6 MB a process. Here only what is used is read.
 */
const leanBuiltins = {
  name: "lean-builtins",
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "builtin" } : undefined,
    );
    build.onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path)).filter((name) => /^[A-Za-z_]\w*$/.test(name));
      const exported = names
        .filter((name) => name !== "default")
        .map((name) => `export const ${name} = /* @__PURE__ */ exportOf(${JSON.stringify(name)});`);
      return {
        contents: [
          `const whole = process.getBuiltinModule(${JSON.stringify(path)});`,
          "const exportOf = (name) => whole[name];",
          ...exported,
          "export default whole;",
        ].join("\n"),
      };
    });
  },
};

/**
 * Our logs go straight to files. What pino would start threads with is left out, and with it what it asks of Node's
 * modules for threads and assertions only to hear that it is not in one: a megabyte a process.
 */
const leanPino = {
  name: "lean-pino",
  setup(build) {
    const contents = {
      transports: 'module.exports = () => { throw new Error("no transports in here: logs go to files"); };',
      worker_threads: "module.exports = { isMainThread: true };",
      assert: "module.exports = (isSo, message) => { if (!isSo) throw new Error(message); };",
    };
    build.onLoad({ filter: /[\\/]pino[\\/]lib[\\/]transport\.js$/ }, () => ({
      contents: contents.transports,
    }));
    build.onResolve({ filter: /^(worker_threads|assert)$/ }, ({ path, importer }) =>
      /[\\/](pino[\\/]lib|sonic-boom)[\\/]\w+\.js$/.test(importer)
        ? { path, namespace: "lean-pino" }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace: "lean-pino" }, ({ path }) => ({ contents: contents[path] }));
  },
};

/** What a process must never load, by mistake in an import somewhere below it: said at once, not found in memory figures. */
const FORBIDDEN = {
  worker: ["node-ipc", "zod", "age-encryption"],
  supervisor: ["@twurple/chat", "@twurple/api", "undici", "better-sqlite3", "ws", "age-encryption"],
  hub: ["age-encryption"],
};

/**
 * What is loaded by who needs it only: chat over IRC and EventSub directly in a worker, games in a worker and the
 * hub. On the way there stands an `import()`.
 */
const ONLY_LATER = {
  worker: [
    "@twurple/api",
    "@twurple/eventsub-ws",
    "undici",
    "@twurple/chat",
    "@twurple/auth",
    "ircv3",
    "ws",
    "@d-fischer/connection",
    "lru-cache",
  ],
  hub: ["cockatiel", "lru-cache", "fastest-levenshtein"],
};

/**
 * Errors and logs name what things are called. Short names with a note of the long ones make the smaller file; the
 * notes, one for each function that is made, are half a megabyte in a running worker and three hundredths of the hub's
 * time in a flood: there names stay as they are.
 */
const SHRUNK = {
  small: { minify: true, keepNames: true },
  light: { minifyWhitespace: true, minifySyntax: true },
};

async function bundleOne(esbuild, name) {
  const result = await esbuild.build({
    entryPoints: { [name]: join(root, name, "main.ts") },
    outdir: dist,
    outExtension: { ".js": ".mjs" },
    chunkNames: `${name}-[name]-[hash]`,
    splitting: true,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22.13",
    ...SHRUNK[["worker", "hub"].includes(name) ? "light" : "small"],
    sourcemap: "linked",
    // Sources are in the checkout: copying them into every map would only make the maps large.
    sourcesContent: false,
    legalComments: "none",
    external: EXTERNAL,
    // CommonJS packages call require() for Node's own modules; in an ES module there is none.
    banner: {
      js: [
        'import { createRequire as kissbotRequire } from "node:module";',
        'import { join as kissbotJoin } from "node:path";',
        "const require = kissbotRequire(import.meta.url);",
      ].join("\n"),
    },
    plugins: [modulesFolder, ownFolders, leanPino, ...(name === "worker" ? [leanBuiltins] : [])],
    metafile: true,
    write: false,
    logLevel: "silent",
    absWorkingDir: root,
  });
  return { name, ...result };
}

/** A running house may start a child at any moment: it sees the old file or the new one, never half of one. */
function writeWhole(path, contents) {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, path);
}

const packageOf = (path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "";

function findForbidden({ name, metafile }) {
  const packages = new Set(Object.keys(metafile.inputs).map(packageOf));
  return (FORBIDDEN[name] ?? []).filter((one) => packages.has(one));
}

/** Of what is loaded at the start, without waiting for any `import()`. */
function findTooEarly({ name, metafile }) {
  const entry = Object.keys(metafile.outputs).find((path) => basename(path) === `${name}.mjs`);
  const loaded = new Set([entry]);
  for (const path of loaded) {
    for (const one of metafile.outputs[path]?.imports ?? [])
      if (one.kind === "import-statement" && !one.external) loaded.add(one.path);
  }
  const packages = new Set(
    [...loaded].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}).map(packageOf)),
  );
  return (ONLY_LATER[name] ?? []).filter((one) => packages.has(one));
}

/** V8 keeps a source with one such character in two bytes for each: a quarter of a megabyte in every worker. */
function findWide({ name, outputFiles }) {
  const entry = outputFiles.find(({ path }) => basename(path) === `${name}.mjs`);
  const wide = /.{0,20}[^\0-\x7f]/.exec(entry?.text ?? "")?.[0];
  return wide === undefined ? [] : [`a character that is not ASCII, at ${wide}: write it as \\u…`];
}

/** A process that was started just before may still load its part of the bundle before this one. */
const OLD_PARTS_KEPT_MS = 10 * 60_000;

function removeOldParts(written) {
  const now = new Set(written.map(({ path }) => basename(path)));
  const isPart = (file) =>
    PROCESSES.some((name) => file.startsWith(`${name}-`)) && /\.mjs(\.map)?$/.test(file);
  for (const file of readdirSync(dist)) {
    const path = join(dist, file);
    if (isPart(file) && !now.has(file) && Date.now() - statSync(path).mtimeMs > OLD_PARTS_KEPT_MS)
      rmSync(path);
  }
}

function describeLargest({ metafile, name }) {
  const output = Object.entries(metafile.outputs).find(([path]) => basename(path) === `${name}.mjs`)?.[1];
  const sizes = new Map();
  for (const [path, { bytesInOutput }] of Object.entries(output?.inputs ?? {})) {
    const key = packageOf(path) || relative(root, join(root, path));
    sizes.set(key, (sizes.get(key) ?? 0) + bytesInOutput);
  }
  const largest = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, INPUTS_SHOWN);
  return largest.map(([path, bytes]) => `  ${kb(bytes).padStart(9)}  ${path}`);
}

const kb = (bytes) => `${(bytes / 1024).toFixed(1)} kB`;
const say = (text) => process.stdout.write(`${text}\n`);

async function main() {
  // Whoever reads the sizes may leave before they are said.
  process.stdout.on("error", () => {});
  const stamp = hashSources();
  if (process.argv.includes("--if-changed") && isFresh(stamp)) return;
  const startedAt = performance.now();
  const esbuild = await import("esbuild");
  const bundles = await Promise.all(PROCESSES.map((name) => bundleOne(esbuild, name)));
  const forbidden = bundles.flatMap((bundle) =>
    findForbidden(bundle).map((one) => `${bundle.name} loads ${one}`),
  );
  const early = bundles.flatMap((bundle) =>
    findTooEarly(bundle).map((one) => `${bundle.name} loads ${one} at its start`),
  );
  const wide = bundles.flatMap((bundle) => findWide(bundle).map((one) => `${bundle.name} carries ${one}`));
  forbidden.push(...early, ...wide);
  if (forbidden.length > 0) throw new Error(`a process carries what it must not: ${forbidden.join(", ")}`);

  mkdirSync(dist, { recursive: true });
  rmSync(stampFile, { force: true });
  const written = bundles.flatMap(({ outputFiles }) => outputFiles);
  const isEntry = ({ path }) => PROCESSES.some((name) => basename(path) === `${name}.mjs`);
  // Parts first: whoever finds a new entry finds what it loads.
  for (const file of written.toSorted((a, b) => isEntry(a) - isEntry(b)))
    writeWhole(file.path, file.contents);
  removeOldParts(written);
  writeWhole(stampFile, stamp);
  const sizes = bundles.map(({ name, outputFiles }) => {
    const code = outputFiles.find((file) => basename(file.path) === `${name}.mjs`);
    return `${name} ${kb(code?.contents.length ?? 0)}`;
  });
  say(`kissbot: bundled in ${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${sizes.join(", ")}`);
  if (process.argv.includes("--meta")) {
    for (const bundle of bundles) say([`${bundle.name}:`, ...describeLargest(bundle)].join("\n"));
  }
}

main().catch((problem) => {
  // esbuild's own errors carry file, line and text for each finding.
  const findings = problem.errors?.map(
    ({ location, text }) => `  ${location ? `${location.file}:${location.line}: ` : ""}${text}`,
  );
  process.stderr.write(
    `kissbot: bundling failed: ${findings ? `\n${findings.join("\n")}` : problem.message}\n`,
  );
  process.exit(1);
});
