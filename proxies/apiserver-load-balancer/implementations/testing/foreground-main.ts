/** A process that starts a program in the foreground, and tells its process id. */
import { runForeground } from '../foreground.ts';

const program = await runForeground({
  path: '/bin/sleep',
  args: ['600'],
  onLine: () => undefined,
});
process.send?.(program.pid);
