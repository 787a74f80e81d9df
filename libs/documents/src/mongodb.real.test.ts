import { describeDocumentStore } from "./contract/contract.ts";
import { mongoEngine, mongoNetworkEngine } from "./contract/contract-mongodb.ts";
import { describeNetworkFaults } from "./contract/contract-network.ts";

describeDocumentStore("MongoDB", mongoEngine);
describeNetworkFaults("MongoDB", mongoNetworkEngine);
