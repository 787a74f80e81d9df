import { describeSharedModels } from "../testing/shared-models-suite.test.ts";
import { openTestMongo } from "../testing/test-mongo.test.ts";

describeSharedModels("MongoDB", openTestMongo());
