// oidc-provider with a public client and rotation as it has it for public clients. A grant of our own stands for the browser's login.
// Not here: any change to what it does with a refresh token.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const option = (name, usual) => process.env[`INTEROP_${name}`] ?? usual;
const installed = createRequire(join(option("INSTALLED", "."), "node", "index.js"));
const { default: Provider, errors } = await import(pathToFileURL(installed.resolve("oidc-provider")));
const accounts = { ada: "Ada", grace: "Grace" };
const PASSWORD = "analytical-engine";

process.stdin.resume().on("end", () => process.exit(0)); // it ends with the test that started it

/** Keeps what the provider gives it to keep in one file, so that a restart finds it again. */
const file = join(option("FOLDER", "."), "kept.json");
const kept = new Map(read());
function read() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
}
function write() {
  writeFileSync(`${file}.new`, JSON.stringify([...kept]));
  renameSync(`${file}.new`, file);
}

class InAFile {
  constructor(model) {
    this.model = model;
  }
  async upsert(id, payload) {
    kept.set(`${this.model}:${id}`, payload);
    write();
  }
  async find(id) {
    return kept.get(`${this.model}:${id}`);
  }
  async findByUid(uid) {
    return [...kept.values()].find((payload) => payload.uid === uid);
  }
  async findByUserCode(code) {
    return [...kept.values()].find((payload) => payload.userCode === code);
  }
  async consume(id) {
    kept.get(`${this.model}:${id}`).consumed = Math.floor(Date.now() / 1000);
    write();
  }
  async destroy(id) {
    kept.delete(`${this.model}:${id}`);
    write();
  }
  async revokeByGrantId(grantId) {
    for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key);
    write();
  }
}

const provider = new Provider("http://127.0.0.1:3000", {
  adapter: InAFile,
  clients: [
    {
      client_id: "session-keeper",
      token_endpoint_auth_method: "none",
      grant_types: ["password", "refresh_token"],
      response_types: [],
      redirect_uris: [],
    },
  ],
  cookies: { keys: ["only for the tests"] },
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  ttl: { AccessToken: Number(option("ACCESS_SECONDS", "300")), RefreshToken: 86400, Grant: 86400, IdToken: 300 },
  claims: { openid: ["sub"], profile: ["given_name", "employee_number", "roles", "avatar"] },
  conformIdTokenClaims: false,
  async findAccount(_ctx, sub) {
    if (!accounts[sub]) return undefined;
    return {
      accountId: sub,
      claims: async () => ({
        sub,
        given_name: accounts[sub],
        employee_number: 9007199254740991,
        roles: ["admin"],
        avatar: null,
      }),
    };
  },
});

provider.registerGrantType(
  "password",
  async (ctx) => {
    const { username, password, scope } = ctx.oidc.params;
    if (!accounts[username] || password !== PASSWORD) throw new errors.InvalidGrant("no such name with this password");
    const { client } = ctx.oidc;
    const grant = new provider.Grant({ accountId: username, clientId: client.clientId });
    grant.addOIDCScope(scope);
    const about = {
      accountId: username,
      client,
      grantId: await grant.save(),
      gty: "password",
      scope,
    };
    const access = new provider.AccessToken(about);
    const refresh = new provider.RefreshToken({ ...about, authTime: Math.floor(Date.now() / 1000), rotations: 0 });
    ctx.body = {
      access_token: await access.save(),
      refresh_token: await refresh.save(),
      expires_in: access.expiration,
      token_type: "Bearer",
      scope,
    };
  },
  ["username", "password", "scope"],
);

const server = provider.listen(0, "127.0.0.1", () => {
  const { version } = installed("oidc-provider/package.json");
  console.log(`listening on ${server.address().port} as oidc-provider ${version}`);
});
