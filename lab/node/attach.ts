/** Attach: what the container writes from now on, live. */
import type { Container } from './pods/container.ts';
import type { ProcessStreams } from './streams/process-streams.ts';

/** A client that does not read is let go of. */
const longestQueueBytes = 1024 * 1024;

/** Resolves when the container ends, or the client leaves. */
export async function attach(container: Container, streams: ProcessStreams): Promise<void> {
  const { stdin, stdout, isTerminal, signal } = streams;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = () => resolve(undefined);
  // No workload of the lab reads an input.
  stdin.resume();
  const newline = isTerminal ? '\r\n' : '\n';
  const following = container.log?.follow(({ text }) => {
    stdout.write(text + newline);
    if (stdout.writableLength > longestQueueBytes) end();
  }, end);
  signal.addEventListener('abort', end, { once: true });
  await promise;
  following?.[Symbol.dispose]();
}
