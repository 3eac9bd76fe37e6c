/** TCP: an answer is as many lines as its message. */
import { connect, type Socket } from 'node:net';
import { formatEndpoint } from '../network/endpoint.ts';
import { codeOf, ConversationError, type OpenConversation } from './conversation.ts';

export const openTcp: OpenConversation = async ({ from, address, port, timeoutMs }) => {
  const socket = connect({ host: address, port, ...(from ? { localAddress: from } : {}) });
  socket.setNoDelay(true);
  let received = '';
  let failure: string | null = null;
  let changed: () => void = () => undefined;
  const fail = (code: string) => {
    failure ??= code;
    changed();
  };
  const own: { local: string | null } = { local: null };
  const keepLocal = () => {
    const { localAddress, localPort } = socket;
    if (localAddress && localPort) own.local = formatEndpoint(localAddress, localPort);
  };
  // Known before it is connected, and forgotten with a failure.
  socket.once('connectionAttempt', () => process.nextTick(keepLocal));
  socket.on('error', (error) => fail(codeOf(error)));
  socket.once('end', () => fail('closed'));
  socket.once('close', () => fail('closed'));
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
    changed();
  });

  /** @throws ConversationError when it takes longer, or fails before. */
  const until = async (isSo: () => boolean) => {
    const late = setTimeout(() => fail('ETIMEDOUT'), timeoutMs);
    try {
      while (!isSo()) {
        if (failure !== null) throw new ConversationError(failure, own.local);
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    } finally {
      clearTimeout(late);
    }
  };
  let isConnected = false;
  socket.once('connect', () => {
    isConnected = true;
    keepLocal();
    changed();
  });
  try {
    await until(() => isConnected);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return {
    local: own.local ?? '',
    ask: async (message) => {
      const text = message.endsWith('\n') ? message : `${message}\n`;
      const lineCount = text.split('\n').length - 1;
      socket.write(text);
      const end = () => nthLineEnd(received, lineCount);
      await until(() => end() !== -1);
      const answer = received.slice(0, end());
      received = received.slice(end() + 1);
      return answer;
    },
    [Symbol.asyncDispose]: () => close(socket),
  };
};

function nthLineEnd(text: string, count: number): number {
  let at = -1;
  for (let line = 0; line < count; line += 1) {
    at = text.indexOf('\n', at + 1);
    if (at === -1) return -1;
  }
  return at;
}

/** In order; the peer's end is not waited for. */
async function close(socket: Socket): Promise<void> {
  if (!socket.destroyed) await new Promise<void>((resolve) => socket.end(resolve));
  socket.destroy();
}
