/** UDP: an answer is a datagram. */
import { createSocket } from 'node:dgram';
import { formatEndpoint } from '../network/endpoint.ts';
import { codeOf, ConversationError, type OpenConversation } from './conversation.ts';

export const openUdp: OpenConversation = async ({ from, address, port, timeoutMs }) => {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  let local: string | null = null;
  const fails = (error: unknown) => new ConversationError(codeOf(error), local);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ port: 0, ...(from ? { address: from } : {}) }, () =>
        // A socket that is connected hears when its datagrams are rejected.
        socket.connect(port, address, (error?: Error) => (error ? reject(error) : resolve())),
      );
    });
  } catch (error) {
    socket.close();
    throw fails(error);
  }
  const own = socket.address();
  local = formatEndpoint(own.address, own.port);
  return {
    local,
    ask: async (message) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const hear = (datagram: Buffer) => resolve(datagram.toString().replace(/\n$/, ''));
      const refuse = (error: Error) => reject(fails(error));
      const late = setTimeout(() => reject(new ConversationError('ETIMEDOUT', local)), timeoutMs);
      socket.once('message', hear).once('error', refuse);
      socket.send(message);
      try {
        return await promise;
      } finally {
        clearTimeout(late);
        socket.off('message', hear).off('error', refuse);
      }
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(resolve)),
  };
};
