import { describeObjectStore } from "./contract/object-store-contract.ts";
import { freshFolderPlace } from "./filesystem/test-place.ts";

describeObjectStore("files", freshFolderPlace);
