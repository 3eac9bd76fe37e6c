/** The project's own directory. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A path inside the project. */
export function project(...segments: readonly string[]): string {
  return join(root, ...segments);
}
