import { describeDocumentStore } from "./contract/contract.ts";
import { mongoEngine } from "./contract/contract-mongodb.ts";

describeDocumentStore("MongoDB", mongoEngine);
