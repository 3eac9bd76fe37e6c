/** A target that keeps every byte it gets, and answers whatever a test says: no parser stands in between. */
import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface RecordingTarget extends AsyncDisposable {
  readonly port: number;
  /** What came since the last `forget`, one text for each connection, one character per byte. */
  received(): readonly string[];
  /** Resolves when something that matches has come. */
  saw(pattern: RegExp): Promise<void>;
  forget(): void;
  /** How the next requests are answered: with these bytes, or by this. */
  answerWith(answer: string | ((socket: Socket, text: string) => void)): void;
  /** Connections that are open. */
  sockets(): readonly Socket[];
}

/** The usual answer: whoever gets it has reached this target. */
export function okAnswer(name: string): string {
  return `HTTP/1.1 200 OK\r\nX-Target: ${name}\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok`;
}

/** Answers once for each head that has its empty line. */
export async function startRecordingTarget(name: string): Promise<RecordingTarget> {
  const news = new EventEmitter();
  const connections = new Map<Socket, string>();
  const open = new Set<Socket>();
  let answer: string | ((socket: Socket, text: string) => void) = okAnswer(name);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    let answered = 0;
    socket.setNoDelay(true).on('error', () => undefined);
    socket.once('close', () => open.delete(socket)).once('end', () => socket.end());
    socket.setEncoding('latin1').on('data', (text: string) => {
      const whole = (connections.get(socket) ?? '') + text;
      connections.set(socket, whole);
      news.emit('data');
      if (typeof answer !== 'string') {
        answer(socket, whole);
        return;
      }
      for (const heads = whole.split('\r\n\r\n').length - 1; answered < heads; answered++) {
        socket.write(answer, 'latin1');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const received = () => [...connections.values()];
  return {
    port: (server.address() as AddressInfo).port,
    received,
    saw: async (pattern) => {
      while (!received().some((text) => pattern.test(text))) await once(news, 'data');
    },
    forget: () => {
      for (const socket of open) socket.destroy();
      connections.clear();
      answer = okAnswer(name);
    },
    answerWith: (next) => {
      answer = next;
    },
    sockets: () => [...open],
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const requestLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [^ \r\n]+ HTTP\/\d\.\d\r?$/gm;

/** The request lines in what a target got, as the loosest reader would find them. */
export function requestLines(received: readonly string[]): readonly string[] {
  return received.flatMap((text) => text.match(requestLine) ?? []).map((line) => line.trim());
}
