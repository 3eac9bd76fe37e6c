/** Asks an apiserver to switch protocols, and reads what it says instead. */
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { messageOf, type Asked } from '../../proofs/ask.ts';

/** @throws the connection's error; the signal's reason when it is aborted */
export async function askUpgrade(
  { server, caPem, token }: Asked,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly message: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; message: string }>();
  const { hostname, port } = new URL(server);
  const request = httpsRequest({
    host: hostname,
    port,
    method: 'POST',
    path,
    ca: caPem,
    agent: false,
    signal,
    headers: {
      Authorization: `Bearer ${token ?? ''}`,
      Connection: 'Upgrade',
      Upgrade: 'SPDY/3.1',
      'X-Stream-Protocol-Version': 'v4.channel.k8s.io',
    },
  });
  request.once('error', reject);
  request.once('upgrade', (response, socket) => {
    socket.destroy();
    resolve({ status: response.statusCode ?? 0, message: '' });
  });
  request.once('response', (response) => {
    text(response).then(
      (body) => resolve({ status: response.statusCode ?? 0, message: messageOf({ body }) }),
      reject,
    );
  });
  request.end();
  return promise;
}
