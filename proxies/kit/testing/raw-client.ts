/** For tests: a client that says what it is told, and reads what it is told to wait for. */
import { once } from 'node:events';
import type { Socket } from 'node:net';

export class RawClient {
  readonly socket: Socket;
  text = '';
  private readonly end: Promise<unknown>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.end = new Promise((resolve) => socket.on('end', resolve).on('close', resolve));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1');
    });
  }

  write(text: string): void {
    this.text = '';
    this.socket.write(text, 'latin1');
  }

  /** Waits until what was read since the last write looks like this. */
  async reads(pattern: RegExp, isEnough: (text: string) => boolean = () => true): Promise<string> {
    while (!pattern.test(this.text) || !isEnough(this.text)) await once(this.socket, 'data');
    return this.text;
  }

  async ended(): Promise<void> {
    await this.end;
  }
}
