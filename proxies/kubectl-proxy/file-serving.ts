/** An answer from the static files, sent as fast as the client takes it. */
import { once } from 'node:events';
import { httpDate } from '../kit/http/http-date.ts';
import { statusText } from '../kit/http/status-text.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Exchange } from './exchange.ts';
import type { ClientRequest, Persistence } from './client-request.ts';
import { serveFile } from './static-files.ts';
import type { StaticResponse } from './static-files.ts';

export class FileServing implements Exchange {
  private readonly client: ClientConnection;
  private readonly request: ClientRequest;
  private isGone = false;

  constructor(client: ClientConnection, request: ClientRequest) {
    this.client = client;
    this.request = request;
  }

  async start(root: string, path: string, query: string): Promise<void> {
    const { method, headers } = this.request.head;
    const response = await serveFile(root, path, {
      method,
      headers: headers.map(({ name, value }) => [name, value]),
      query,
    });
    if (this.hasLeft()) return;
    const { isLast } = this.sendHead(response);
    try {
      await this.sendBody(response);
    } catch {
      // The length is already stated: the client must see that the file broke off.
      if (!this.hasLeft()) this.client.abort();
      return;
    }
    if (!this.hasLeft()) this.client.finish(isLast);
  }

  /** A body that came with the request is read and forgotten. */
  onRequestBody(): void {
    return;
  }

  onRequestFault(): void {
    this.isGone = true;
    this.client.abort();
  }

  /** `sendBody` waits for it itself. */
  onClientDrain(): void {
    return;
  }

  onClientGone(): void {
    this.isGone = true;
  }

  private sendHead({ status, headers }: StaticResponse): Persistence {
    const { head, expectsContinue } = this.request;
    const isUncontinued = expectsContinue && this.client.unreadBodyBytes > 0;
    const persistence = this.client.persistence(this.request, status, true, isUncontinued);
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    this.client.socket.write(
      `HTTP/1.${head.minorVersion} ${status} ${statusText(status)}\r\n` +
        `${lines}Date: ${httpDate()}\r\n${persistence.line}\r\n`,
      'latin1',
    );
    return persistence;
  }

  private async sendBody({ headers, body }: StaticResponse): Promise<void> {
    if (body === null) return;
    if (Buffer.isBuffer(body)) {
      this.client.socket.write(body);
      return;
    }
    let missing = Number(headers.find(([name]) => name === 'Content-Length')?.[1] ?? 0);
    for await (const chunk of body) {
      if (this.hasLeft()) return;
      missing -= chunk.length;
      if (!this.client.socket.write(chunk)) await this.drained();
    }
    if (missing !== 0) throw new Error('the file changed while it was read');
  }

  private async drained(): Promise<void> {
    const { socket } = this.client;
    await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }

  /** Asked anew after each wait. */
  private hasLeft(): boolean {
    return this.isGone;
  }
}
