/** One try of a probe: what a kubelet asks of a container, and how it words a failure. */
import { request as requestHttps } from 'node:https';
import { connect, isIP } from 'node:net';
import { request as requestHttp } from '../../../proxies/kit/http/node-http.ts';
import { isLabAddress } from '../shell/lab-address.ts';
import type { ContainerSpec, Probe } from './pod.ts';

/** `null` when the probe succeeded, else why not. */
export type ProbeResult = string | null;

export interface ProbeContext {
  readonly container: ContainerSpec;
  /** The pod's first address. */
  readonly address: string;
  /** The exit code and the output of a command in the container; the signal ends it. */
  readonly execute: (
    command: readonly string[],
    signal: AbortSignal,
  ) => Promise<{ readonly code: number; readonly output: string }>;
}

export async function tryProbe(probe: Probe, context: ProbeContext): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.httpGet) return probeHttp(probe.httpGet, context, timeoutMs);
  if (probe.tcpSocket) {
    const host = hostOf(probe.tcpSocket.host, context);
    if (!isLabAddress(host, context.address)) return foreign(host, probe.tcpSocket.port, context);
    return probeTcp(host, portOf(probe.tcpSocket.port, context.container), timeoutMs);
  }
  if (probe.exec) return probeCommand(probe.exec.command ?? [], context, timeoutMs);
  return null;
}

async function probeHttp(
  { path = '/', port, host, scheme = 'HTTP', httpHeaders = [] }: NonNullable<Probe['httpGet']>,
  context: ProbeContext,
  timeoutMs: number,
): Promise<ProbeResult> {
  const { container } = context;
  const number = portOf(port, container);
  const to = hostOf(host, context);
  const url = `${scheme.toLowerCase()}://${bracketed(to)}:${number}${path.startsWith('/') ? '' : '/'}${path}`;
  if (!isLabAddress(to, context.address)) return `Get "${url}": ${foreign(to, port, context)}`;
  const request = scheme === 'HTTPS' ? requestHttps : requestHttp;
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
  const asked = request(url, {
    headers: { 'User-Agent': 'kube-probe/1.33', Accept: '*/*', Connection: 'close', ...headers },
    agent: false,
    // A kubelet does not ask who a pod's certificate is from.
    rejectUnauthorized: false,
  });
  const timer = setTimeout(() => {
    const reason = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    resolve(`Get "${url}": ${reason}`);
    asked.destroy();
  }, timeoutMs);
  asked.once('response', (response) => {
    const status = response.statusCode ?? 0;
    response.destroy();
    const isWell = status >= 200 && status < 400;
    resolve(isWell ? null : `HTTP probe failed with statuscode: ${status}`);
  });
  asked.once('error', (error) => resolve(`Get "${url}": ${dialError(error, to, number)}`));
  asked.end();
  return promise.finally(() => clearTimeout(timer));
}

/** What loops back leads to the pod itself: a node's own loopback has nothing for it. */
function hostOf(host: string | undefined, { address }: ProbeContext): string {
  return host === undefined || loopback.test(host) ? address : host.replace(/^\[(.*)\]$/, '$1');
}

const loopback = /^(?:localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0)$/;

/** Probes are written by whoever makes pods: they may not lead out of the lab. */
function foreign(host: string, port: number | string, { container }: ProbeContext): string {
  const cause =
    isIP(host) === 0 ? `lookup ${host}: no such host` : 'connect: network is unreachable';
  return `dial tcp ${isIP(host) === 0 ? '' : `${bracketed(host)}:${portOf(port, container)}: `}${cause}`;
}

async function probeTcp(host: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const socket = connect({ host, port });
  socket.setTimeout(timeoutMs, () => resolve(`dial tcp ${bracketed(host)}:${port}: i/o timeout`));
  socket.once('connect', () => resolve(null));
  socket.once('error', (error) => resolve(dialError(error, host, port)));
  return promise.finally(() => socket.destroy());
}

async function probeCommand(
  command: readonly string[],
  { execute }: ProbeContext,
  timeoutMs: number,
): Promise<ProbeResult> {
  const late = Promise.withResolvers<ProbeResult>();
  const ending = new AbortController();
  const timer = setTimeout(() => {
    ending.abort();
    late.resolve(`command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s`);
  }, timeoutMs);
  const run = execute(command, ending.signal).then(({ code, output }) =>
    code === 0 ? null : output,
  );
  return Promise.race([run, late.promise]).finally(() => clearTimeout(timer));
}

function portOf(port: number | string, { ports = [] }: ContainerSpec): number {
  if (typeof port === 'number') return port;
  const named = ports.find(({ name }) => name === port);
  return named?.containerPort ?? (Number(port) || 0);
}

const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
};

function dialError(error: Error, host: string, port: number): string {
  const code = 'code' in error ? String(error.code) : '';
  const cause = causes[code];
  if (code === 'ECONNRESET') return 'EOF';
  return cause ? `dial tcp ${bracketed(host)}:${port}: ${cause}` : error.message;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
