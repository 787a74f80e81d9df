import { openSqlite } from "../testing/metadata-server.test.ts";
import { describePolicyRaces } from "../testing/policy-race-suite.test.ts";

describePolicyRaces("SQLite", () => openSqlite);
