import { describeObjectStore } from "./contract/object-store-contract.ts";
import { freshS3Place } from "./testing/s3-place.ts";

describeObjectStore("S3", freshS3Place);
