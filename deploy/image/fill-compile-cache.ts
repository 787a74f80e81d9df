/**
 * Loads what the services load, so that Node keeps the compiled code in the folder NODE_COMPILE_CACHE. Run while the
 * image is built: its root file system is read-only later.
 */
import { flushCompileCache } from "node:module";
import "../../libs/documents/src/mongodb.ts";
import "../../libs/documents/src/sqlite.ts";
import "../../libs/events/src/nats.ts";
import "../../libs/events/src/embedded.ts";
import "../../libs/objects/src/filesystem.ts";
import "../../libs/objects/src/s3.ts";
import "../../libs/cli/src/index.ts";
import "../../libs/hosting/src/index.ts";
import "../../services/artifact/src/app.ts";
import "../../services/metadata/src/app.ts";
import "../../services/workflow/src/app.ts";
import "../../services/standalone/src/serve.ts";

flushCompileCache();
process.exit();
