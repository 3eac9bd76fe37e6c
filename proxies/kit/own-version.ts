/** Which version of this project runs. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** @example ownVersion() // '0.1.0' */
export function ownVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}
