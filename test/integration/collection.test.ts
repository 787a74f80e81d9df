import { describeCollectedSpace } from "./collected-space.ts";

describeCollectedSpace("SQLite and files", (folder) => ({ SLIPWAY_HOME: folder }));
