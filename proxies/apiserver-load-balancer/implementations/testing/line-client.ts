/** A client of a load balancer that says lines, and hears them answered. */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface LineClient extends Disposable {
  /** Says it, and resolves with the answer; with null where there is none because the connection ended. */
  ask(line: string): Promise<string | null>;
  /** Says that it will say no more, and resolves with everything that is still said. */
  finish(): Promise<string>;
  /** Resolves when the connection ends, with how. */
  readonly ended: Promise<'closed' | 'reset'>;
}

/** @param address `127.0.0.1:6443`, `[::1]:6443` */
export async function lineClient(address: string): Promise<LineClient> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
    allowHalfOpen: true,
  });
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  let error: Error | null = null;
  socket.on('error', (seen) => (error = seen));
  const over = Promise.race([once(socket, 'end'), once(socket, 'close')]).then(
    () => null,
    () => null, // A reset is an error first.
  );
  const ended = over.then(() => (error === null ? ('closed' as const) : ('reset' as const)));
  return {
    ended,
    async ask(line) {
      const before = heard.length;
      socket.write(`${line}\n`);
      for (;;) {
        const answer = heard.slice(before);
        if (answer.includes('\n')) return answer.trimEnd();
        if ((await Promise.race([once(socket, 'data').catch(() => null), over])) === null)
          return null;
      }
    },
    async finish() {
      const before = heard.length;
      socket.end();
      await over;
      return heard.slice(before);
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
