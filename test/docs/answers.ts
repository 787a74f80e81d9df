import { once } from "node:events";
import { connect } from "node:net";

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
