/** What the system says of an address, in Go's words, with what to do. */
import { errorCode } from '../kubeconfig/errors.ts';
import { ConfigurationError } from './configuration-error.ts';

const listenProblems: Readonly<Record<string, readonly [hint: string, text: string]>> = {
  EADDRINUSE: ['port-in-use', 'bind: address already in use'],
  EADDRNOTAVAIL: ['foreign-address', 'bind: cannot assign requested address'],
  EACCES: ['privileged-port', 'bind: permission denied'],
  ENOTFOUND: ['foreign-address', 'no such host'],
  EINVAL: ['foreign-address', 'bind: invalid argument'],
};

/** A ConfigurationError where there is something to say; otherwise the error itself. */
export function listenError(error: unknown, where: string): unknown {
  const [hint, text] = listenProblems[errorCode(error)] ?? [];
  if (hint === undefined) return error;
  return new ConfigurationError(
    hint,
    `failed to create listener: failed to listen on ${where}: listen tcp ${where}: ${text ?? ''}`,
    { where },
  );
}
