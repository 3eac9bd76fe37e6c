/**
 * The supervisor: everything of the lab that is not on the host. It lays the network, starts the machines,
 * watches them and serves the doors. It ends with the channel to the host, and the machines with it.
 */
import { removePassing, stateDirectory } from '../state-directory.ts';
import { createSupervisor } from './supervisor.ts';

const supervisor = createSupervisor((report) => {
  if (process.connected) process.send?.(report, () => undefined);
});

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  const { directory } = supervisor;
  await supervisor[Symbol.asyncDispose]();
  // With the host gone nobody else cleans up.
  if (!process.connected && directory !== null) await removePassing(stateDirectory(directory));
  process.exit(0);
}

process.on('message', (message, handle) => supervisor.receive(message, handle));
process.once('disconnect', () => void end());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void end());
}
