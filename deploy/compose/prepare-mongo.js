// For mongosh: makes the replica set of one member and two users, step by step; does nothing where they are. Exits with 1
// where this member does not become primary. Until there is a user, MongoDB lets a client on the same host make one.
const { readFileSync } = require("node:fs");
const secret = (name) => readFileSync(`/secrets/mongo/${name}`, "utf8").trim();

const admin = db.getSiblingDB("admin");
if (admin.hello().setName === undefined) rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] });
// A second mongosh would take longer to start than this member takes to win its own vote.
const untilMs = Date.now() + 10_000;
while (!admin.hello().isWritablePrimary) {
  if (Date.now() > untilMs) {
    print("not primary yet");
    quit(1);
  }
  sleep(50);
}

const password = secret("admin-password");
try {
  admin.auth("admin", password);
} catch {
  admin.createUser({ user: "admin", pwd: password, roles: ["root"] });
  admin.auth("admin", password);
}
if (admin.getUser("slipway") === null) {
  const databases = ["slipway-metadata", "slipway-artifact", "slipway-workflow"];
  const roles = databases.map((database) => ({ role: "readWrite", db: database }));
  admin.createUser({ user: "slipway", pwd: secret("slipway-password"), roles });
}
