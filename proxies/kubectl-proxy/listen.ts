/** Opens the listening socket as `kubectl proxy` does, with Go's words when it cannot. */
import { statSync, unlinkSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { isMainThread } from 'node:worker_threads';

export type ListenOptions =
  { readonly address: string; readonly port: number } | { readonly unixSocket: string };

/** Returns the address as the start line names it. */
export async function listen(server: Server, options: ListenOptions): Promise<string> {
  return 'unixSocket' in options
    ? listenOnUnixSocket(server, options.unixSocket)
    : listenOnTcp(server, options.address, options.port);
}

async function listenOnTcp(server: Server, address: string, port: number): Promise<string> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`listen tcp: address ${port}: invalid port`);
  }
  const bracketed = /^\[(.*)\]$/.exec(address)?.[1];
  if (bracketed === undefined && address.includes(':')) {
    throw new Error(`listen tcp: address ${address}:${port}: too many colons in address`);
  }
  const host = bracketed ?? address;
  // Go listens on both families where the address means every interface.
  const isAny = host === '' || host === '0.0.0.0' || host === '::';
  try {
    await opened(server, () => server.listen({ host: isAny ? '::' : host, port }));
  } catch (error) {
    if (isAny && codeOf(error) === 'EAFNOSUPPORT') {
      await opened(server, () => server.listen({ host: '0.0.0.0', port }));
    } else {
      throw listenError(error, `tcp ${address}:${port}`, host);
    }
  }
  const bound = server.address();
  return bound === null || typeof bound === 'string' ? `${address}:${port}` : addressText(bound);
}

/** A socket that is there already is replaced, whoever uses it; any other file is left. */
async function listenOnUnixSocket(server: Server, path: string): Promise<string> {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path);
  // The file must never exist with more than mode 0700: `bind` happens inside `listen`.
  const umask = isMainThread ? process.umask(0o077) : null;
  try {
    await opened(server, () => {
      server.listen({ path, readableAll: false, writableAll: false });
      if (umask !== null) process.umask(umask);
    });
  } catch (error) {
    throw listenError(error, `unix ${path}`, path);
  }
  return path;
}

function opened(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    listen();
  });
}

function addressText({ address, port }: AddressInfo): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

const systemErrors: Readonly<Record<string, string>> = {
  EADDRINUSE: 'bind: address already in use',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
  EACCES: 'bind: permission denied',
  ENOENT: 'bind: no such file or directory',
  ENOTDIR: 'bind: not a directory',
  EINVAL: 'bind: invalid argument',
  ENAMETOOLONG: 'bind: invalid argument',
};

function listenError(error: unknown, where: string, host: string): Error {
  const code = codeOf(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new Error(`listen tcp: lookup ${host}: no such host`, { cause: error });
  }
  const text = systemErrors[code] ?? (error instanceof Error ? error.message : String(error));
  return new Error(`listen ${where}: ${text}`, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
