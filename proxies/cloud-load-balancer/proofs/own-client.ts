/** Who connects to load balancers of a proof's own: over TCP and UDP, from an address of its own. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';

export interface Question {
  readonly protocol: 'TCP' | 'UDP';
  /** Where to. */
  readonly address: string;
  readonly port: number;
  /** From where; absent: the system chooses. */
  readonly from?: string;
  readonly timeoutMs: number;
}

export interface Answered {
  /** Who answered: the name of a node; empty: nobody. */
  readonly node: string;
  /** Why nobody did: `ECONNREFUSED`, `ETIMEDOUT`; empty where somebody did. */
  readonly cause: string;
}

/** Between two datagrams, while none is answered. */
const againMs = 250;

/** Asks who is there. */
export async function ask(question: Question): Promise<Answered> {
  const asked = question.protocol === 'TCP' ? askByTcp : askByUdp;
  try {
    const node = await asked(question, AbortSignal.timeout(question.timeoutMs));
    return { node, cause: node === '' ? 'ECONNRESET' : '' };
  } catch (error) {
    return { node: '', cause: causeOf(error) };
  }
}

/** Resolves with what was said until the other side ended. */
async function askByTcp({ address, port, from }: Question, signal: AbortSignal): Promise<string> {
  const socket = connect({ host: address, port, ...(from && { localAddress: from }), signal });
  const texts: string[] = [];
  socket.setEncoding('utf8').on('data', (text: string) => texts.push(text));
  // Whoever gets in learns who answers; that goes for those who are reset at once, too.
  await once(socket, 'close');
  return texts.join('').trim();
}

async function askByUdp({ address, port, from }: Question, signal: AbortSignal): Promise<string> {
  const socket = createSocket('udp4');
  const failed = once(socket, 'error').then(([error]) => Promise.reject(error as Error));
  const sending = setInterval(() => socket.send('whoami'), againMs);
  try {
    socket.bind({ port: 0, ...(from && { address: from }) });
    await Promise.race([once(socket, 'listening'), failed]);
    socket.connect(port, address);
    await Promise.race([once(socket, 'connect'), failed]);
    const answer = once(socket, 'message', { signal });
    socket.send('whoami');
    const [message] = (await Promise.race([answer, failed])) as [Buffer];
    return message.toString().trim();
  } finally {
    clearInterval(sending);
    socket.close();
  }
}

/** The code, where the system has given one. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'ETIMEDOUT';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
