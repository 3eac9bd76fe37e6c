/** Reads a request's body, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { LiveError } from './live-error.ts';

/** @throws LiveError `body-too-large`, as soon as the body, or what is declared of it, exceeds the limit. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const tooLarge = () => new LiveError('body-too-large', { limitBytes }, { Connection: 'close' });
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
