/** Flags to a running apiserver with its store: what `hop apiserver` and the lab's machines share. */
import { klogLine } from '../../proxies/kit/klog.ts';
import { errorCode } from '../../proxies/kit/kubeconfig/errors.ts';
import { ConfigurationError } from '../../proxies/kit/apiserver/configuration-error.ts';
import { configure, type ConfigureOptions } from './configure.ts';
import type { ApiserverFlags } from './flags.ts';
import { openStore } from './open-store.ts';
import { startApiserver } from './server.ts';

export interface RunningApiserver extends AsyncDisposable {
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
  return { address, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** What the system says of an address, in Go's words, with what to do. */
const listenProblems: Readonly<Record<string, readonly [hint: string, text: string]>> = {
  EADDRINUSE: ['port-in-use', 'bind: address already in use'],
  EADDRNOTAVAIL: ['foreign-address', 'bind: cannot assign requested address'],
  EACCES: ['privileged-port', 'bind: permission denied'],
  ENOTFOUND: ['foreign-address', 'no such host'],
  EINVAL: ['foreign-address', 'bind: invalid argument'],
};

function listenError(error: unknown, where: string): unknown {
  const [hint, text] = listenProblems[errorCode(error)] ?? [];
  if (hint === undefined) return error;
  return new ConfigurationError(
    hint,
    `failed to create listener: failed to listen on ${where}: listen tcp ${where}: ${text ?? ''}`,
    { where },
  );
}
