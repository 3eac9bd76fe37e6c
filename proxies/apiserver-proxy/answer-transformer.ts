/** What a body goes through on its way to the client: decoded, rewritten, or neither. */
import { pipeline, type Readable, type Writable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { createPageRewriter } from './rewrite/encodings.ts';

export interface AnswerTransformer {
  readonly input: Writable;
  readonly output: Readable;
}

/**
 * @param coding the answer's `Content-Encoding`, in lower case.
 * @param isDecoded the coding is gzip, and is taken off.
 * @param links how addresses in pages are rewritten; null: they are not.
 * @returns null where the body passes as it is.
 */
export function createAnswerTransformer(
  coding: string,
  isDecoded: boolean,
  links: ((value: string) => string) | null,
): AnswerTransformer | null {
  const pages = links === null ? null : createPageRewriter(isDecoded ? '' : coding, links);
  if (!isDecoded) return pages && { input: pages, output: pages };
  const gunzip = createGunzip({ flush: constants.Z_SYNC_FLUSH });
  if (pages === null) return { input: gunzip, output: gunzip };
  // An error of one destroys the other.
  pipeline(gunzip, pages, () => undefined);
  return { input: gunzip, output: pages };
}
