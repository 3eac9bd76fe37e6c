/** `--cleanup`: nothing of the nftables dataplane stays in the kernel. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { messageOf } from '../../kit/http/go-error.ts';

/**
 * Connections that still live lose their way, and end.
 *
 * @throws ConfigurationError where nftables is not to be had, or a load balancer would write its rules again
 */
export async function cleanUp(log: (line: string) => void): Promise<void> {
  const [{ cleanUpTables }, { beTheOnlyOne }, { tableName }] = await Promise.all([
    import('../../kit/nftables/clean-up.ts'),
    import('../nftables/only-one.ts'),
    import('../nftables/rules.ts'),
  ]);
  using owned = new DisposableStack();
  const alone = await beTheOnlyOne().catch(() => {
    throw new ConfigurationError(
      'still-running',
      'a hop apiserver-lb with the nftables dataplane runs on this machine',
    );
  });
  owned.use(alone);
  await cleanUpTables(tableName, log).catch((error: unknown) => {
    throw new ConfigurationError('no-nftables', `the rules cannot be removed: ${messageOf(error)}`);
  });
}
