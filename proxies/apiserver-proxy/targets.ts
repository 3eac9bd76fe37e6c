/** The servers that requests go to, each with the connections that wait for the next one. */
import type { SecureContext } from 'node:tls';
import { dial } from '../kit/kubeconfig/dial.ts';
import { createTlsClient, createTlsContext } from '../kit/kubeconfig/tls-client.ts';
import type { KeyPair, TlsTrust } from '../kit/kubeconfig/tls-client.ts';
import { createUpstreamPool } from '../kit/http/upstream-pool.ts';
import type { IdleBudget, UpstreamPool } from '../kit/http/upstream-pool.ts';
import type { Dialer } from '../kit/upstream.ts';
import type { KubeletTransport } from './kubelet-transport.ts';
import type { Location } from './location.ts';

/** One server, reached in one way. */
export interface Target {
  readonly dialer: Dialer;
  readonly pool: UpstreamPool;
}

export interface Targets extends Disposable {
  of(location: Location): Target;
}

/** Over all targets. */
const maximumIdle = 1024;
/** Targets that nobody asked for all this while are forgotten. */
const forgetMs = 120_000;

type Destination = Pick<Location, 'scheme' | 'host' | 'port' | 'transport' | 'serverName'>;

/** @throws Error where OpenSSL cannot read the kubelet certificate or key. */
export function createTargets(kubelet: KubeletTransport | undefined): Targets {
  const secured = { insecure: securing(undefined), kubelet: securing(kubelet) };
  const budget: IdleBudget = { held: 0, maximum: maximumIdle };
  const known = new Map<string, Target & { usedMs: number }>();

  const forgetting = setInterval(() => {
    const before = performance.now() - forgetMs;
    for (const [key, { pool, usedMs }] of known) {
      if (usedMs > before || pool.idleCount > 0) continue;
      pool.close();
      known.delete(key);
    }
  }, forgetMs).unref();

  const create = (to: Destination): Target => {
    const dialer = to.scheme === 'http' ? plain(to) : secured[to.transport](to);
    return { dialer, pool: createUpstreamPool(dialer, () => undefined, budget) };
  };

  return {
    of(location) {
      const key = keyOf(location);
      let target = known.get(key);
      if (target === undefined) {
        target = { ...create(location), usedMs: 0 };
        known.set(key, target);
      }
      target.usedMs = performance.now();
      return target;
    },
    [Symbol.dispose]() {
      clearInterval(forgetting);
      for (const { pool } of known.values()) pool.close();
      known.clear();
    },
  };
}

function keyOf({ scheme, host, port, transport, serverName = '' }: Destination): string {
  return `${scheme} ${host} ${port} ${transport} ${serverName}`;
}

function plain({ host, port }: Destination): Dialer {
  return { generation: 0, connect: (options) => dial(host, port, options) };
}

/**
 * TLS as the apiserver speaks it: kubelets are verified by their CA if there is one and see a client
 * certificate, all others are not verified and see none. Nobody is offered a protocol (recorded case
 * `svc: https:secure:443`: `alpn=None`).
 */
function securing(kubelet: KubeletTransport | undefined): (to: Destination) => Dialer {
  const ca = kubelet?.authority === undefined ? null : Buffer.from(kubelet.authority);
  const trust: TlsTrust = { ca, isInsecure: ca === null, serverName: '' };
  const pair: KeyPair | null = kubelet
    ? { certificate: Buffer.from(kubelet.certificate), key: Buffer.from(kubelet.key) }
    : null;
  // What cannot work is known at once; what nobody needs is not made.
  let context: SecureContext | null = kubelet ? createTlsContext(trust, pair) : null;
  return ({ host, port, serverName = '' }) => {
    context ??= createTlsContext(trust, pair);
    const client = createTlsClient(host, { ...trust, serverName }, pair, [], context);
    return { generation: 0, connect: (options = {}) => client.connect(port, options) };
  };
}
