/** A client that sends bytes, and reads answers: over TLS, as HTTP/1.1 goes. */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

export interface RawClient extends Disposable {
  readonly socket: TLSSocket;
  send(bytes: string): void;
  /** What has come, one character per byte. */
  text(): string;
  /** Resolves when what has come matches, or the server has ended. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves when the server has closed. */
  closed(): Promise<string>;
  readonly isClosed: () => boolean;
}

export async function connectRaw({
  port,
  ca,
}: {
  readonly port: number;
  readonly ca: string;
}): Promise<RawClient> {
  const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: ['http/1.1'] });
  await once(socket, 'secureConnect');
  let text = '';
  let isClosed = false;
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined).once('close', () => (isClosed = true));
  const news = () =>
    Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => undefined);
  const until = async (pattern: RegExp) => {
    while (!pattern.test(text) && !isClosed) await news();
    return text;
  };
  return {
    socket,
    send: (bytes) => void socket.write(bytes, 'latin1'),
    text: () => text,
    until,
    closed: () => until(/^(?!)/),
    isClosed: () => isClosed,
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** The status codes of the answers in what came. */
export function statuses(text: string): readonly number[] {
  return [...text.matchAll(/(?:^|[^\r\n])??HTTP\/1\.1 (\d{3}) /g)].map(([, code]) => Number(code));
}
