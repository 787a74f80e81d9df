import { sharedEngines } from "../support/shared-engines.ts";
import { describeCollectedSpace } from "./collected-space.ts";

describeCollectedSpace("MongoDB and S3", () => sharedEngines());
