/** Why nobody can listen at a load balancer's address, and what to do about it. */

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port (EADDRINUSE)',
  EADDRNOTAVAIL:
    'this machine has no such address (EADDRNOTAVAIL); run it as root, so that it can add addresses, ' +
    'or use addresses of the loopback: --address-pool 127.0.113.0/24',
  EACCES: 'you may not have this port; those below 1024 need root (EACCES)',
};

/** @example 'cannot listen on TCP 127.0.113.1:80: another program has this port (EADDRINUSE)' */
export function listenReason(protocol: 'TCP' | 'UDP', endpoint: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  return `cannot listen on ${protocol} ${endpoint}: ${reasons[code] ?? message}`;
}
