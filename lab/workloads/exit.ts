/**
 * `exit`: works for a while, then ends, as a job does.
 * Arguments: `--after-seconds=0`, `--code=0`.
 */
import { exitCodeArgument, readArguments, secondsArgument } from './arguments.ts';
import { createLifecycle } from './lifecycle.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const given = readArguments(context.args, ['after-seconds', 'code']);
  const seconds = secondsArgument(given, 'after-seconds');
  const code = exitCodeArgument(given, 'code', 0);
  const end = () => {
    context.log(`done, exit code ${code}`);
    void lifecycle.exit(code);
  };
  const timer = setTimeout(end, seconds * 1000);
  const lifecycle = createLifecycle({ close: () => clearTimeout(timer) });
  context.log(`working for ${seconds} s`);
  return lifecycle.workload;
};
