/** Watches backends as the operator wants it: whom to believe, and by which name. */
import { createTlsClient, createTlsContext } from '../../kit/kubeconfig/tls-client.ts';
import type { CheckOptions } from '../balancer.ts';
import { startChecker, type WatchBackend } from './checker.ts';

/** @throws Error where the certificates of authorities cannot be read. */
export function httpsChecks(check: CheckOptions): WatchBackend {
  const { caPem, serverName } = check;
  const trust = {
    ca: caPem === null ? null : Buffer.from(caPem),
    isInsecure: caPem === null,
    serverName: '',
  };
  // Reading certificates takes time and memory: all share what was read.
  const context = createTlsContext(trust, null);
  return (backend, onChange) => {
    const name = serverName ?? backend.host ?? '';
    const named = { ...trust, serverName: name };
    const tls = createTlsClient(backend.address, named, null, ['http/1.1'], context);
    return startChecker({ backend, tls, check, onChange });
  };
}
