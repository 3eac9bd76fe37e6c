/** `--cleanup`: nothing that a killed command has left stays on this machine. */
import { klogLine } from '../../kit/klog.ts';

export async function cleanUp(log: (line: string) => void): Promise<void> {
  log(klogLine('I', 'hop', 'Nothing to remove'));
}
