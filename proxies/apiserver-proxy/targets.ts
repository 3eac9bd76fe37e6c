/** The servers that requests go to, each with the connections that wait for the next one. */
import type { SecureContext } from 'node:tls';
import { dial } from '../kit/kubeconfig/dial.ts';
import { createTlsClient, createTlsContext } from '../kit/kubeconfig/tls-client.ts';
import type { KeyPair, TlsTrust } from '../kit/kubeconfig/tls-client.ts';
import { createUpstreamPool } from '../kit/http/upstream-pool.ts';
import type { IdleBudget, UpstreamPool } from '../kit/http/upstream-pool.ts';
import type { Dialer } from '../kit/upstream.ts';
import type { ForwardTls } from './forward-call.ts';
import type { KubeletTransport } from './kubelet-transport.ts';
import type { Location } from './location.ts';

/** One server, reached in one way. */
export interface Target {
  readonly dialer: Dialer;
  readonly pool: UpstreamPool;
}

export interface Targets extends Disposable {
  of(to: Destination): Target;
}

/** Over all targets. */
const maximumIdle = 1024;
/** Targets that nobody asked for all this while are forgotten. */
const forgetMs = 120_000;

export interface Destination extends Pick<Location, 'scheme' | 'host' | 'port' | 'serverName'> {
  readonly transport: Location['transport'] | ForwardTls;
}

/** @throws Error where OpenSSL cannot read the kubelet certificate or key. */
export function createTargets(kubelet: KubeletTransport | undefined): Targets {
  const secured = { insecure: securing(undefined), kubelet: securing(kubelet) };
  const certified = new WeakMap<ForwardTls, Certified>();
  const certifiedBy = (tls: ForwardTls): Certified => {
    let found = certified.get(tls);
    if (found === undefined) certified.set(tls, (found = certify(tls)));
    return found;
  };
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
    const { transport } = to;
    const secure = typeof transport === 'string' ? secured[transport] : certifiedBy(transport).to;
    const dialer = to.scheme === 'http' ? plain(to) : secure(to);
    return { dialer, pool: createUpstreamPool(dialer, () => undefined, budget) };
  };

  return {
    of(to) {
      const key = keyOf(
        to,
        typeof to.transport === 'string' ? to.transport : certifiedBy(to.transport).id,
      );
      let target = known.get(key);
      if (target === undefined) {
        target = { ...create(to), usedMs: 0 };
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

function keyOf({ scheme, host, port, serverName = '' }: Destination, transport: string): string {
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

/** Connections that are made under conditions of their own, and what tells them from others. */
interface Certified {
  readonly id: string;
  readonly to: (destination: Destination) => Dialer;
}

let certifiedCount = 0;

function certify({ serverName, authority, isUnverified, client }: ForwardTls): Certified {
  const trust: TlsTrust = {
    ca: authority === undefined ? null : Buffer.from(authority),
    isInsecure: isUnverified,
    serverName,
  };
  const pair = client
    ? { certificate: Buffer.from(client.certificate), key: Buffer.from(client.key) }
    : null;
  const context = createTlsContext(trust, pair);
  return {
    id: `certified-${++certifiedCount}`,
    to: ({ host, port }) => {
      const tls = createTlsClient(host, trust, pair, [], context);
      return { generation: 0, connect: (options = {}) => tls.connect(port, options) };
    },
  };
}
