import { createRequire } from "node:module";
import { MongoNetworkError } from "mongodb";

/** What is needed here of the driver's own class, which it does not export. */
interface DriverConnection {
  socket: { destroyed: boolean; writableEnded: boolean };
  onError(error: Error): void;
  writeCommand(...parameters: unknown[]): Promise<void>;
}

/**
 * The driver (7.9) hears that a socket has ended at the end of that turn of the event loop. A request that is given its
 * connection within the turn is never written, and the driver waits for ever for the socket to drain, whatever its
 * timeouts are: a server that restarts leaves a few requests hanging. After this call such a request meets a
 * MongoNetworkError at once, as it does when the end is heard in time, so that the driver tries it again. Called once.
 */
export function failOnEndedSockets(): void {
  const { Connection } = createRequire(import.meta.url)("mongodb/lib/cmap/connection.js") as {
    Connection: { prototype: DriverConnection };
  };
  const { writeCommand } = Connection.prototype;
  Connection.prototype.writeCommand = function (...parameters) {
    if (!this.socket.destroyed && !this.socket.writableEnded) return writeCommand.apply(this, parameters);
    const error = new MongoNetworkError("the connection has just ended");
    this.onError(error);
    return Promise.reject(error);
  };
}
