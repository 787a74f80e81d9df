import { describeSharedModels } from "../testing/shared-models-suite.test.ts";

describeSharedModels("SQLite");
