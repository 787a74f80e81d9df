import { startMetadata } from "../testing/metadata-server.test.ts";
import { describeSearch } from "../testing/search-suite.test.ts";

describeSearch("SQLite", () => startMetadata(), 80);
