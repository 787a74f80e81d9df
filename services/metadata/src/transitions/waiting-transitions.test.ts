import { describeWaitingTransitions } from "../testing/waiting-transitions-suite.test.ts";

describeWaitingTransitions("SQLite");
