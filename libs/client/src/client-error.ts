/** Something on this side stands in the way: the message says what to do. Errors of the server are RpcError. */
export class ClientError extends Error {
  override readonly name = "ClientError";
}
