import { startMetadata } from "../testing/metadata-server.test.ts";
import { describeSearch } from "../testing/search-suite.test.ts";
import { openTestMongo } from "../testing/test-mongo.test.ts";

describeSearch("MongoDB", () => startMetadata(undefined, openTestMongo()), 120);
