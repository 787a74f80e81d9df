import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { FaultyProxy } from "./faulty-proxy.ts";

describe("FaultyProxy", () => {
  let server: Server;
  let proxy: FaultyProxy;
  let served: { socket: Socket; received: string }[] = [];
  const clients: Socket[] = [];

  /** A client's connection, with what it has received so far. */
  const dial = () => {
    const socket = connect(proxy.port, proxy.host).setEncoding("utf8");
    const dialled = { socket, received: "", closed: closed(socket) };
    socket.on("data", (text) => {
      dialled.received += text;
    });
    socket.on("error", () => undefined);
    clients.push(socket);
    return dialled;
  };
  const echoed = async (dialled: ReturnType<typeof dial>, text: string): Promise<void> => {
    const wanted = dialled.received + text;
    dialled.socket.write(text);
    while (dialled.received !== wanted) await once(dialled.socket, "data");
  };

  beforeEach(async () => {
    served = [];
    server = createServer((socket) => {
      const one = { socket, received: "" };
      served.push(one);
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        one.received += String(bytes);
        socket.write(bytes);
      });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    proxy = await FaultyProxy.before({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  });
  afterEach(async () => {
    for (const socket of clients.splice(0)) socket.destroy();
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("passes everything on, both ways, also more than a socket buffers", async () => {
    const dialled = dial();
    await echoed(dialled, "x".repeat(8 * 1024 * 1024));
    expect(proxy.connections).to.equal(1);
  });

  it("closes one side when the other side does", async () => {
    const dialled = dial();
    await echoed(dialled, "a");
    served[0]?.socket.end();
    await dialled.closed;
    const other = dial();
    await echoed(other, "b");
    const gone = closed(served[1]?.socket as Socket);
    other.socket.destroy();
    await gone;
  });

  it("cuts open connections and accepts new ones", async () => {
    const dialled = dial();
    await echoed(dialled, "a");
    proxy.cut();
    await Promise.all([dialled.closed, closed(served[0]?.socket as Socket)]);
    await echoed(dial(), "b");
  });

  it("refuses connections until it accepts them again, on the same port", async () => {
    const dialled = dial();
    await echoed(dialled, "a");
    await proxy.refuse();
    await dialled.closed;
    const [error] = await once(connect(proxy.port, proxy.host), "error");
    expect(error).to.have.property("code", "ECONNREFUSED");
    await proxy.accept();
    await echoed(dial(), "b");
  });

  it("stalls open and new connections, and passes on what came meanwhile", async () => {
    const before = dial();
    await echoed(before, "a");
    proxy.stall();
    const meanwhile = dial();
    await Promise.all([once(meanwhile.socket, "connect"), written(before.socket, "b"), written(meanwhile.socket, "c")]);
    expect([before.received, meanwhile.received, served[0]?.received]).to.deep.equal(["a", "", "a"]);
    proxy.resume();
    while (before.received !== "ab") await once(before.socket, "data");
    while (meanwhile.received !== "c") await once(meanwhile.socket, "data");
  });

  it("cuts a connection in the middle of what a client sends", async () => {
    proxy.judge = ({ bytes, direction }) =>
      direction === "up" && bytes.includes("commit") ? { cutAfterBytes: 3 } : "pass";
    const [cut, other] = [dial(), dial()];
    await echoed(cut, "hello");
    cut.socket.write("commit");
    await cut.closed;
    await closed(served[0]?.socket as Socket);
    expect(served[0]?.received).to.equal("hellocom");
    await echoed(other, "still here");
  });

  it("cuts a connection before a reply, of something that the server has received", async () => {
    proxy.judge = ({ bytes, direction }) =>
      direction === "up" && bytes.includes("commit") ? { cutAfterBytes: bytes.length } : "pass";
    const dialled = dial();
    await echoed(dialled, "hello");
    dialled.socket.write("commit");
    await dialled.closed;
    await closed(served[0]?.socket as Socket);
    expect(served[0]?.received).to.equal("hellocommit");
    expect(dialled.received).to.equal("hello");
  });
});

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}

function written(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve) => socket.write(text, () => resolve()));
}
