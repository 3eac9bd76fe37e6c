/** What the system's errors mean for an operator. */
import { endpointText } from '../../kit/http/endpoint-text.ts';
import type { ListenAddress } from '../dataplane.ts';

const listenReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port (EADDRINUSE)',
  EADDRNOTAVAIL: 'this machine has no such address (EADDRNOTAVAIL)',
  EACCES: 'you may not have this port; those below 1024 need root (EACCES)',
};

/** We have no room or no port for another connection: that says nothing of the backend. */
const ownFaults = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EAGAIN']);

/** @example 'cannot listen on 0.0.0.0:6443: another program has this port (EADDRINUSE)' */
export function listenReason({ host, port }: ListenAddress, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return `cannot listen on ${endpointText(host, port)}: ${listenReasons[codeOf(cause)] ?? message}`;
}

export function isOwnFault(error: unknown): boolean {
  return ownFaults.has(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
