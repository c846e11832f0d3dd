// What the unmodified npm clients answer, for test_results_clients.py: node clients.mjs COMMAND ARGUMENTS; the answer is the last line.
import { createPublicKey, verify } from "node:crypto";
import * as core from "@actions/core";

const caches = { v3: "cache-v3", v4: "cache-v4", newest: "@actions/cache" };

async function loadCache(which) {
  const loaded = await import(caches[which]);
  return loaded.saveCache ? loaded : loaded.default;
}

async function artifacts() {
  const { DefaultArtifactClient } = await import("@actions/artifact");
  return new DefaultArtifactClient();
}

const decode = (part) => JSON.parse(Buffer.from(part, "base64url").toString());

// Checks a token as a stranger would: from its issuer to the configuration, the keys and the signature.
async function readToken(token) {
  const [head, claims, signature] = token.split(".");
  const configuration = await (await fetch(`${decode(claims).iss}/.well-known/openid-configuration`)).json();
  const { keys } = await (await fetch(configuration.jwks_uri)).json();
  const key = keys.find((one) => one.kid === decode(head).kid);
  const signed = verify("sha256", Buffer.from(`${head}.${claims}`), createPublicKey({ key, format: "jwk" }), Buffer.from(signature, "base64url"));
  return { signed, alg: decode(head).alg, issuer: configuration.issuer, claims: decode(claims) };
}

const commands = {
  save: async (which, key, ...paths) => (await loadCache(which)).saveCache(paths, key),
  restore: async (which, path, ...keys) => (await (await loadCache(which)).restoreCache([path], keys[0], keys.slice(1))) ?? null,
  upload: async (name, root, options, ...files) => (await artifacts()).uploadArtifact(name, files, root, JSON.parse(options)),
  list: async () => (await artifacts()).listArtifacts(),
  get: async (name) => (await artifacts()).getArtifact(name),
  download: async (id, path, digest) => (await artifacts()).downloadArtifact(Number(id), { path, expectedHash: digest }),
  remove: async (name) => (await artifacts()).deleteArtifact(name),
  identity: async (audience) => readToken(await core.getIDToken(audience)),
};

const [command, ...rest] = process.argv.slice(2);
try {
  console.log(JSON.stringify({ result: await commands[command](...rest) }));
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}
