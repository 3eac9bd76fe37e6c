/** Bytes both ways between a client and an upgraded upstream connection, each end passed on by itself. */
import type { Socket } from 'node:net';
import type { UpstreamConnection, UpstreamReceiver } from './upstream-connection.ts';

export class Tunnel implements UpstreamReceiver {
  sentBytes = 0;
  receivedBytes = 0;
  private readonly client: Socket;
  private readonly connection: UpstreamConnection;

  constructor(client: Socket, connection: UpstreamConnection) {
    this.client = client;
    this.connection = connection;
    connection.receiver = this;
  }

  onClientBytes(chunk: Buffer): void {
    this.sentBytes += chunk.length;
    if (!this.connection.socket.write(chunk)) this.client.pause();
  }

  onClientEnd(): void {
    this.connection.socket.end();
  }

  onClientDrain(): void {
    this.connection.resume();
  }

  onClientGone(): void {
    this.connection.destroy();
  }

  onUpstreamBytes(memory: Buffer, start: number, end: number): void {
    this.receivedBytes += end - start;
    this.client.write(memory.subarray(start, end));
    if (this.client.writableLength > 0) this.connection.lend();
    if (this.client.writableNeedDrain) this.connection.pause();
  }

  onUpstreamEnd(): void {
    this.client.end();
  }

  onUpstreamClose(error: Error | null): void {
    if (error === null) this.client.destroySoon();
    else this.client.destroy();
  }

  onUpstreamDrain(): void {
    this.client.resume();
  }
}
