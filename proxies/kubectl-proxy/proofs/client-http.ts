/**
 * Plain HTTP is answered, a TLS handshake is not. Refuted by the same two questions put to the
 * apiserver's port, where the answers are the other way round.
 */
import { connect } from 'node:tls';
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { apiserverWorld } from './apiserver-world.ts';
import { sendRaw } from './raw-request.ts';

export const clientHttp = defineProof({
  claimed: async (laboratory, notebook) => {
    const world = await apiserverWorld(laboratory, notebook);
    return {
      port: world.proxy.port,
      host: world.proxy.host,
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
  refuted: async (laboratory) => {
    const apiserver = await laboratory.startApiserver();
    const { hostname, port } = new URL(apiserver.server);
    return {
      port: Number(port),
      host: hostname,
      [Symbol.asyncDispose]: () => apiserver[Symbol.asyncDispose](),
    };
  },
  probe: async (listener, notebook: Notebook) => {
    const handshake = await shakeHands(listener.host, listener.port);
    notebook.check(handshake === null, 'no-tls', { version: handshake ?? '' });
    const answer = await sendRaw(listener, { target: '/version' });
    notebook.check(answer.status === 200, 'answered', { status: answer.status });
  },
});

/** The TLS version agreed on, or null when there was no handshake. */
function shakeHands(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: 3000 });
    const settle = (version: string | null) => {
      socket.destroy();
      resolve(version);
    };
    socket.on('secureConnect', () => settle(socket.getProtocol()));
    socket.on('error', () => settle(null));
    socket.on('timeout', () => settle(null));
  });
}
