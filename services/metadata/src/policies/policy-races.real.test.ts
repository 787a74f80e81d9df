import { describePolicyRaces } from "../testing/policy-race-suite.test.ts";
import { openTestMongo } from "../testing/test-mongo.test.ts";

describePolicyRaces("MongoDB", openTestMongo);
