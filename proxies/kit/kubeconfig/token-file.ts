/** A bearer token in a file that somebody rotates (client-go `transport/token_source.go`). */
import { readFile } from 'node:fs/promises';
import { goFileError } from './errors.ts';

/** A read is good for a minute, and renewed ten seconds before. */
const freshMs = 50_000;

export interface TokenFile {
  /** The token: at once while the last read is fresh, otherwise after reading. Never fails. */
  read(): string | Promise<string>;
}

/** Follows `path`. Until it can be read, and whenever it cannot, the last good token stands. */
export function followTokenFile(
  path: string,
  first: string,
  options: { readonly now?: () => number; readonly warn: (message: string) => void },
): TokenFile {
  const now = options.now ?? (() => performance.now());
  let token = first;
  let hasRead = false;
  let staleAt = -Infinity;
  let reading: Promise<string> | null = null;

  const reread = async () => {
    try {
      const content = await readFile(path, 'utf8').catch((error: unknown) => {
        throw new Error(
          `failed to read token file ${JSON.stringify(path)}: ${goFileError('open', path, error)}`,
        );
      });
      const trimmed = content.trim();
      if (trimmed === '') throw new Error(`read empty token from file ${JSON.stringify(path)}`);
      token = trimmed;
      hasRead = true;
      staleAt = now() + freshMs;
    } catch (error) {
      if (hasRead) options.warn(`Unable to rotate token: ${(error as Error).message}`);
    } finally {
      reading = null;
    }
    return token;
  };
  return { read: () => (now() < staleAt ? token : (reading ??= reread())) };
}
