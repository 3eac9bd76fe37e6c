/** Flags to a running apiserver with its store: what `hop apiserver` and the lab's machines share. */
import { klogLine } from '../../proxies/kit/klog.ts';
import { listenError } from '../../proxies/kit/apiserver/listen-error.ts';
import { configure, type ConfigureOptions } from './configure.ts';
import type { ApiserverFlags } from './flags.ts';
import { openStore } from './open-store.ts';
import { startApiserver, type Apiserver } from './server.ts';

export interface RunningApiserver extends AsyncDisposable, Pick<Apiserver, 'setHopListener'> {
  /** `[::]:6443` */
  readonly address: string;
}

/**
 * Starts it, and says in a log line where it serves.
 *
 * @throws ConfigurationError where the flags, or what they name, are not right.
 */
export async function runApiserver(
  flags: ApiserverFlags,
  options: ConfigureOptions,
): Promise<RunningApiserver> {
  const configuration = await configure(flags, options);
  await using starting = new AsyncDisposableStack();
  const store = starting.use(await openStore(flags['etcd-servers']));
  const apiserver = starting.use(
    await startApiserver({ ...configuration, store }).catch((error: unknown) => {
      throw listenError(error, `${flags['bind-address']}:${flags['secure-port']}`);
    }),
  );
  const { address: host, port } = apiserver;
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  options.log(klogLine('I', 'secure_serving.go:213', `Serving securely on ${address}`));
  const running = starting.move();
  return {
    address,
    setHopListener: (listener) => apiserver.setHopListener(listener),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
