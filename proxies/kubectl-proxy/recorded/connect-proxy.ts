/** The HTTP proxy of the fixtures' `proxy-url`: it understands CONNECT and keeps what it was asked. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class ConnectProxy {
  /** The heads of the CONNECT requests, as they came. */
  seen: string[] = [];
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#listener = createServer((client) => this.#accept(client));
  }

  static async start(): Promise<ConnectProxy> {
    const proxy = new ConnectProxy();
    proxy.#listener.listen(0, '127.0.0.1');
    await once(proxy.#listener, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#listener, 'close');
    this.#listener.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(client: Socket): void {
    this.#own(client);
    let head = '';
    const read = (chunk: Buffer) => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      client.off('data', read);
      this.seen.push(head);
      this.#tunnel(client, head);
    };
    client.on('data', read);
  }

  #tunnel(client: Socket, head: string): void {
    const [, host = '', port = ''] = /^CONNECT ([^ ]*):(\d+) /.exec(head) ?? [];
    const upstream = connect(Number(port), host.replace(/[[\]]/g, ''), () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    this.#own(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
