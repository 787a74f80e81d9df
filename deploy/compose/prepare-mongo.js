// For mongosh: makes the replica set of one member and two users, step by step; does nothing where they are. Exits with 1
// until this member is primary. Until there is a user, MongoDB lets a client on the same host make the first one.
const { readFileSync } = require("node:fs");
const secret = (name) => readFileSync(`/secrets/mongo/${name}`, "utf8").trim();

const admin = db.getSiblingDB("admin");
const { setName, isWritablePrimary } = admin.hello();
if (setName === undefined) rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] });
if (!isWritablePrimary) {
  print("not primary yet");
  quit(1);
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
