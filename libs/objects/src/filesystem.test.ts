import { describeObjectStore } from "./contract/object-store-contract.ts";
import { freshFolderPlace } from "./testing/folder-place.ts";

describeObjectStore("files", freshFolderPlace);
