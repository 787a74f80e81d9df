import { describeDocumentStore } from "./contract/contract.ts";
import { sqliteEngine } from "./contract/contract-sqlite.ts";

describeDocumentStore("SQLite", sqliteEngine);
