/** An example's WebSocket through a proxy: its messages one after the other, each with its answer. */
import { on, once } from 'node:events';
import { WebSocket } from 'ws';
import type { HttpExampleRequest } from '../../../proxies/descriptor.ts';
import { followRequest } from './follow-request.ts';
import type { LiveLine } from './lines.ts';
import { LiveError } from './live-error.ts';
import { pairs } from './proxied-request.ts';
import { introduce, type RunningProxy } from './running-proxy.ts';

export interface Conversation {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** What the target said. */
  readonly messages: readonly string[];
  readonly isCut: boolean;
}

/** Whoever has not answered by then will not. */
const conversationMs = 10_000;
const maxMessageBytes = 64 * 1024;
const maxRefusalBytes = 16 * 1024;

/**
 * Opens the WebSocket, waits for an answer to each message, and closes. A refusal is an answer, too.
 *
 * @throws LiveError `proxy-failed` when the proxy cannot be reached or breaks the connection; the
 *   signal's reason when it was aborted
 */
export async function converse(
  proxy: RunningProxy,
  { path, headers, subprotocols, messages, as }: HttpExampleRequest & { protocol: 'websocket' },
  send: (line: LiveLine) => void,
  signal: AbortSignal,
): Promise<Conversation> {
  signal.throwIfAborted();
  using following = followRequest(proxy, (hop) => send({ type: 'hop', hop }));
  const introduction = introduce(proxy, as);
  const scheme = proxy.secure ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${proxy.address}${path}`, [...subprotocols], {
    headers: { ...headers, ...following.headers, ...introduction.headers },
    maxPayload: maxMessageBytes,
    // What is told is what was said, not how it was packed.
    perMessageDeflate: false,
    ...introduction.tls,
  });
  using cleaning = new DisposableStack();
  const leave = () => socket.terminate();
  signal.addEventListener('abort', leave, { once: true });
  cleaning.defer(() => signal.removeEventListener('abort', leave));
  cleaning.defer(leave);
  // Whoever waits sees the error; it must not also be nobody's.
  socket.on('error', () => undefined);
  const ended = AbortSignal.any([signal, AbortSignal.timeout(conversationMs)]);
  // From the beginning: a target may speak first.
  // What `ws` hands to its listeners.
  const heard = on(socket, 'message', { signal: ended, close: ['close'] }) as AsyncIterator<
    [Buffer],
    undefined
  >;

  try {
    const opening = await handshake(socket);
    await following.complete(500);
    const { status, headers: answered, body } = opening;
    send({ type: 'answer', status, headers: answered, body });
    const answers = status === 101 ? await talk(socket, messages, heard, send) : [];
    return { status, headers: answered, body: body ?? '', messages: answers, isCut: false };
  } catch (cause) {
    signal.throwIfAborted();
    throw new LiveError('proxy-failed', { address: proxy.address }, {}, cause);
  }
}

interface Opening {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Null once the protocol is another. */
  readonly body: string | null;
}

function handshake(socket: WebSocket): Promise<Opening> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('upgrade', ({ statusCode = 0, rawHeaders }) => {
      const opening = { status: statusCode, headers: pairs(rawHeaders), body: null };
      socket.once('open', () => resolve(opening));
    });
    socket.once('unexpected-response', (_, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body = (body + text).slice(0, maxRefusalBytes);
      });
      response.once('error', reject);
      response.once('end', () => {
        const { statusCode = 0, rawHeaders } = response;
        resolve({ status: statusCode, headers: pairs(rawHeaders), body });
      });
    });
  });
}

/** Says each message once the one before it was answered; resolves with the answers. */
async function talk(
  socket: WebSocket,
  messages: readonly string[],
  heard: AsyncIterator<[Buffer], undefined>,
  send: (line: LiveLine) => void,
): Promise<string[]> {
  const answers: string[] = [];
  for (const message of messages) {
    send({ type: 'message', from: 'client', text: message });
    socket.send(message);
    const next = await heard.next();
    if (next.done === true) throw new Error('the connection was closed before the answer');
    const text = next.value[0].toString('utf8');
    send({ type: 'message', from: 'target', text });
    answers.push(text);
  }
  const closed = once(socket, 'close');
  socket.close(1000);
  await closed;
  return answers;
}
