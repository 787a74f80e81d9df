import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/** A loopback address whose port nobody used a moment ago. */
export async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `127.0.0.1:${port}`;
}

/** Whether somebody accepts connections on the address. */
export async function answers(address: string): Promise<boolean> {
  const [host, port] = address.split(":") as [string, string];
  const socket = connect(Number(port), host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
