import { openTestMongo } from "../testing/test-mongo.test.ts";
import { describeWaitingTransitions } from "../testing/waiting-transitions-suite.test.ts";

describeWaitingTransitions("MongoDB", openTestMongo());
