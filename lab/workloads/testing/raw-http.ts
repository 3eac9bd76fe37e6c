/** Raw HTTP over a socket: what clients and proxies would hide. */
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface RawAnswer {
  /** Status line and headers. */
  readonly head: string;
  readonly body: string;
}

export interface RawOptions {
  readonly port?: number;
  /** Says after the request that nothing more will come. */
  readonly ends?: boolean;
}

/** Sends these bytes (a character each) and reads until the server closes. */
export async function sendRaw(
  address: string,
  request: string,
  { port = 8080, ends = false }: RawOptions = {},
): Promise<RawAnswer> {
  const socket = connect({ port, host: address, allowHalfOpen: true });
  socket.write(request, 'latin1');
  if (ends) socket.end();
  const answer = (await buffer(socket)).toString('latin1');
  socket.destroy();
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return { head: answer, body: '' };
  const body = Buffer.from(answer.slice(end + 4), 'latin1').toString();
  return { head: answer.slice(0, end), body };
}
