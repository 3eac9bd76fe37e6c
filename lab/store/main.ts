/**
 * The store of the lab: `node lab/store/main.ts --listen=<host:port | /path.sock> --data-dir=<dir>`.
 *
 * Healthy is: it answers the line `1 revision 0` with `1 revision <number>`. A connection alone proves
 * that the process exists, not that it runs (a paused one's kernel accepts connections too).
 */
import { runProgram } from '../machines/program.ts';
import { DamagedLogError } from './log.ts';
import { startStoreServer } from './server.ts';

const log = (line: string) => process.stderr.write(`${line}\n`);

try {
  await runProgram(['listen', 'data-dir'], async (flags) => {
    const { listen, 'data-dir': dataDirectory } = flags;
    if (!listen || !dataDirectory) throw new Error('--listen and --data-dir are needed');
    return startStoreServer({ listen, dataDirectory, log });
  });
} catch (error) {
  if (!(error instanceof DamagedLogError)) throw error;
  log(error.message);
  process.exit(1);
}
