/** SCTP, through raw sockets: in the lab's namespaces. An answer is a message. */
import { formatEndpoint } from '../network/endpoint.ts';
import { connectSctp } from '../workloads/sctp/connect.ts';
import { ConversationError, type OpenConversation } from './conversation.ts';

export const openSctp: OpenConversation = async ({ from = '', address, port, timeoutMs }) => {
  const connection = await connectSctp({ from, address, port, timeoutMs }).catch(
    (error: unknown) => {
      throw new ConversationError(reasonOf(error), null);
    },
  );
  const local = formatEndpoint(from, connection.localPort);
  return {
    local,
    ask: async (message) => {
      connection.send({ stream: 0, protocol: 0, data: Buffer.from(message) });
      const { promise: late, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => reject(new ConversationError('ETIMEDOUT', local)), timeoutMs);
      const received = connection.receive().catch((error: unknown) => {
        throw new ConversationError(reasonOf(error), local);
      });
      try {
        const { data } = await Promise.race([received, late]);
        return data.toString().replace(/\n$/, '');
      } finally {
        clearTimeout(timer);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await connection.shutdown();
      connection[Symbol.dispose]();
    },
  };
};

/** In the words of other protocols, where they have one for it. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.endsWith(': no answer')) return 'ETIMEDOUT';
  if (message.endsWith(': abort')) return 'ECONNREFUSED';
  return /\b(E[A-Z]{3,})$/.exec(message)?.[1] ?? message;
}
