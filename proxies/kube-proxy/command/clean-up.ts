/** `--cleanup`: nothing of kube-proxy's stays in the kernel. */
import { tableName } from '../nftables/layout.ts';
import { nftablesProblem } from './load-mode.ts';

/** @throws ConfigurationError where nftables is not to be had */
export async function cleanUp(log: (line: string) => void): Promise<void> {
  const { cleanUpTables } = await import('../../kit/nftables/clean-up.ts');
  await cleanUpTables(tableName, log).catch((error: unknown) => {
    throw nftablesProblem(error);
  });
}
