/**
 * How our Node processes hold less memory: `hop lab` and each machine. A small nursery is swept more often.
 * Compiled is what stays hot, not what a start repeats: most machines never load a compiler's pages. One arena
 * of memory serves all threads.
 */
import { readFileSync } from 'node:fs';

interface Runtime {
  readonly nodeFlags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

// The file is ours, and in JSON for `tools/hop.js`, which any Node can run.
const runtime = JSON.parse(
  readFileSync(new URL('../runtime.json', import.meta.url), 'utf8'),
) as Runtime;

export const { nodeFlags: frugalFlags, env: frugalEnvironment } = runtime;
