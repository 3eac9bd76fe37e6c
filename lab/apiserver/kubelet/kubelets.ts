/** The apiserver's connections to the kubelets: where each is, and as whom we come. */
import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { listAt, numberAt, textAt, type ApiObject } from '../api-object.ts';
import type { KubeletClientOptions } from '../options.ts';

export interface Kubelets {
  /** A connection that speaks HTTP/1.1. @throws DialError in the words of Go's dialer */
  dial(address: KubeletAddress, signal: AbortSignal): Promise<TLSSocket>;
}

export interface KubeletAddress {
  readonly host: string;
  readonly port: number;
}

export class DialError extends Error {
  override readonly name = 'DialError';
}

const dialTimeoutMs = 30_000;
const defaultPort = 10250;

/** In the order of `--kubelet-preferred-address-types` as kubeadm sets it. */
export const preferredTypes: readonly string[] = ['InternalIP', 'ExternalIP', 'Hostname'];

/** Where the kubelet of a node listens; undefined while the node has no address. */
export function kubeletAddressOf(node: ApiObject): KubeletAddress | undefined {
  const addresses = listAt(node, 'status', 'addresses');
  const found = preferredTypes
    .map((type) => addresses.find((one) => textAt(one, 'type') === type))
    .find((one) => one !== undefined);
  if (found === undefined) return undefined;
  const port = numberAt(node, 'status', 'daemonEndpoints', 'kubeletEndpoint', 'Port');
  return { host: textAt(found, 'address'), port: port === 0 ? defaultPort : port };
}

/** `172.30.0.21:10250` */
export function hostPort({ host, port }: KubeletAddress): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Without credentials of its own, the apiserver comes to no kubelet: whoever dials is refused. */
export function createKubelets(options: KubeletClientOptions | undefined): Kubelets {
  return {
    dial: async ({ host, port }, signal) => {
      if (!options) {
        throw new DialError(`dial tcp ${hostPort({ host, port })}: ${causes.ECONNREFUSED}`);
      }
      const socket = connect({
        host,
        port,
        ALPNProtocols: ['http/1.1'],
        cert: options.certificate,
        key: options.key,
        ...(options.authority === undefined
          ? { rejectUnauthorized: false }
          : { ca: options.authority }),
      });
      // Set here, because TLS sockets do not take it as an option.
      socket.allowHalfOpen = true;
      socket.setNoDelay(true);
      const timeout = AbortSignal.timeout(dialTimeoutMs);
      try {
        await once(socket, 'secureConnect', { signal: AbortSignal.any([signal, timeout]) });
        return socket;
      } catch (error) {
        socket.on('error', () => undefined);
        socket.destroy();
        throw new DialError(describe(error, hostPort({ host, port }), timeout.aborted));
      }
    },
  };
}

const causes = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
  ECONNRESET: 'read: connection reset by peer',
} as const;

function describe(error: unknown, target: string, isLate: boolean): string {
  if (isLate) return `dial tcp ${target}: i/o timeout`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (Object.hasOwn(causes, code)) {
    return `dial tcp ${target}: ${causes[code as keyof typeof causes]}`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return `tls: failed to verify certificate: ${message}`;
}
