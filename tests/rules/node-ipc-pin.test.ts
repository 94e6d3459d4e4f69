/**
 * Earlier lines of node-ipc were compromised twice (2022 protestware, 2026 a credential stealer). All files of
 * 14.0.0 were read; this says that what is installed is what was read. A new version needs a new reading first.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { checkoutFolder } from "../../shared/home.ts";

const FILES_READ: Readonly<Record<string, string>> = {
  "MIGRATION.md": "b6e42f4fddd85db4f9d8d883d66ef61127a734222b6c22e3ce8e72f11eaea9db",
  "README.md": "86ba087ba74c5506feb5567f9bb727d6e3f31d2dd498d66665eac35a902c34ef",
  "SECURITY.md": "881ba154740f1709b26f4befc2398fd21f878f4be65d19f87ac0654c8a932c71",
  "dao/client.js": "a182d67bf8c7515bbd6b1e3033539f342d1387bc719730609d80f2a6063e3866",
  "dao/socketServer.js": "5bf8dfb0f723d67bec3e7fce07b0438634d2a9d9cd678522d6b483a8af18afac",
  "entities/Defaults.js": "aaf41ba73ec4c3f5ab590c41b0a66757ab0f476ebd488c58273c9ab225700812",
  "entities/EventParser.js": "73fd82191eab0c0b5b70ec541ac34909ee6e9018afc67b5aaf532ca6d03df6d2",
  "entities/MessageParser.js": "43c77bc9cd0989fd1dddac0cf7ed234b446dcb4329130f49cd0dec3146d8aba1",
  "entities/TLS.js": "6bd2a15ef208b8b539cd04f71e946f9d55f9ea6f00719f178f5ee6e9d22a9d50",
  licence: "82b891ff5bdc521884c20023b4f468dce605aff5b0d6dc642cd2ce2849b55125",
  "node-ipc.js": "236b344dbd8ff2e6b08b4d987fbe3861ccc80bda6c39339104592b51eb9ead42",
  "package.json": "9f05ac1efdab9aee4b2653da91da0edc4dd5ffc7de622839c8e388261a5e46e3",
  "services/IPC.js": "121f4bb5d4e69fa36a8ddc39bee9027662983b6f5b9bf6f2fd8836f35be865d8",
};

const PINS: Readonly<Record<string, { readonly version: string; readonly integrity: string }>> = {
  "node-ipc": {
    version: "14.0.0",
    integrity:
      "sha512-d5+aogND4Gk6aQkW5KCibliM4Mn12+isHXt8wFghO4Bn0gBSnev3TXJWQ4eEnzrlh5gCG+nwQEZwyayeDtQxQA==",
  },
  "event-pubsub": {
    version: "6.1.1",
    integrity:
      "sha512-08nRrPDOAI5QtM/iQRVIs9DiWyFiyG8VCKf/4i71xQAurXm07exshjSY80wSHJMsHPw9cpUxzJPpXjMyHeBTZw==",
  },
  "strong-type": {
    version: "2.0.0",
    integrity:
      "sha512-HHrY9qYC7yn+5mlewiI3k9RQM9gZqGQsqbomZcd10Ks0h4RlX01nnkWbCe4AsVPCI6KaFvpkWm1nHMD+Ykup6g==",
  },
  "js-message": {
    version: "3.1.0",
    integrity:
      "sha512-k9iKFwzyAbz8gDJXIvIohSBaXeG3PvFzVwUccaDf0vv8LbEMpOvUfpyE6MGrlovliFdhTBUcIvXfSxOZkorWhA==",
  },
  "js-queue": {
    version: "3.1.0",
    integrity:
      "sha512-qENB7XiNpXyxg6132Bwz08uq8GQyaVhD53O41d1F45aCHbKD82bkgZYHWqBGsWggDy8KuY5mPzG7oDnUV7Mn8A==",
  },
  "easy-stack": {
    version: "2.1.0",
    integrity:
      "sha512-ZpUD5AJeKhRic1RrajfGKuLl721bCeIpnAj1i7BtlC1XX5Mb52ku3e9pDWryV32yndd28ZyqdVsVcBuI7WY2Iw==",
  },
  // Not read file by file as the others: it runs as a program of its own, with an environment of seven variables.
  pm2: {
    version: "7.0.4",
    integrity:
      "sha512-rMzoZmZlmJw7hoTbO9cOqcwj407TzUVc84JRaIjmnK8+808zldQT2Sd4rVcqVvXUcI2LoXEf1irMevWfOx5SEQ==",
  },
};

const folder = join(checkoutFolder, "node_modules", "node-ipc");
const readText = (...path: string[]) => readFileSync(join(checkoutFolder, ...path), "utf8");
const sha256 = (file: string) =>
  createHash("sha256")
    .update(readFileSync(join(folder, file)))
    .digest("hex");

test("the installed files are the ones that were read", () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  expect(Object.fromEntries(files.sort().map((file) => [file, sha256(file)]))).toEqual(FILES_READ);
});

const Lock = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    packages: v.record(
      v.string(),
      v.object({
        version: v.optional(v.string()),
        integrity: v.optional(v.string()),
        hasInstallScript: v.optional(v.boolean(), false),
      }),
    ),
  }),
);
const Manifest = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    dependencies: v.record(v.string(), v.string()),
    devDependencies: v.record(v.string(), v.string()),
    allowScripts: v.record(v.string(), v.boolean()),
  }),
);
const { packages } = v.parse(Lock, readText("package-lock.json"));
const manifest = v.parse(Manifest, readText("package.json"));

describe("the lockfile", () => {
  test.each(Object.entries(PINS))("pins %s, without an install script", (name, pin) => {
    expect(packages[`node_modules/${name}`]).toMatchObject({ ...pin, hasInstallScript: false });
  });

  test("holds one copy of each", () => {
    const names = Object.keys(packages).filter((path) =>
      Object.hasOwn(PINS, path.split("node_modules/").at(-1) ?? ""),
    );
    expect(names.sort()).toEqual(
      Object.keys(PINS)
        .map((name) => `node_modules/${name}`)
        .sort(),
    );
  });

  test("lets no package run a script at installation that package.json does not name", () => {
    const names = Object.entries(packages)
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([path]) => path.split("node_modules/").at(-1) ?? "");
    // fsevents is macOS only and optional.
    expect(names.filter((name) => name !== "fsevents" && manifest.allowScripts[name] !== true)).toEqual([]);
  });
});

test("package.json pins every package exactly", () => {
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});
