import { carefulMongoEngine } from "../contract/contract-mongodb-planning.ts";
import { describeQueries } from "../contract/contract-queries.ts";

describe("the ways of MongoDB to answer a query where documents are many", () => {
  describeQueries(carefulMongoEngine);
});
