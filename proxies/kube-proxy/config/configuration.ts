/**
 * `KubeProxyConfiguration` of `kubeproxy.config.k8s.io/v1alpha1`, with upstream's fields and defaults
 * (specification 3.12). A field that upstream does not have is an error; null and 0 stand for the default, as
 * in the file that kubeadm writes.
 */
import * as z from 'zod';
import { parseGoDuration } from '../../kit/go-duration.ts';

/** Null is as good as absent. */
function maybe<T extends z.ZodType>(type: T) {
  return type.nullish();
}

const text = maybe(z.string()).transform((value) => value ?? '');
const isOn = maybe(z.boolean()).transform((value) => value ?? false);
const texts = maybe(z.array(z.string())).transform((value): readonly string[] => value ?? []);

function int(fallback: number) {
  return maybe(z.int()).transform((value) => value ?? fallback);
}

/** Milliseconds, from Go's text or from nanoseconds. */
const anyDuration = z.union([z.string(), z.number()]).transform((value, context) => {
  if (typeof value === 'number') return value / 1e6;
  try {
    return parseGoDuration(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : '' });
    return z.NEVER;
  }
});

/** 0 stands for the default, as where nothing stands. */
function orElse(value: number | null | undefined, fallback: number): number {
  return value === 0 ? fallback : (value ?? fallback);
}

function duration(fallbackMs: number) {
  return maybe(anyDuration).transform((value) => orElse(value, fallbackMs));
}

/** 0 is a value of its own: what is there stays. */
function timeout(fallbackMs: number) {
  return maybe(anyDuration).transform((value) => value ?? fallbackMs);
}

/** An object of which any part, and itself, may be absent. */
function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => value ?? {}, z.strictObject(shape));
}

const anything = z.unknown().optional();
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const periods = { syncPeriod: duration(30 * second), minSyncPeriod: duration(second) };

export const configurationSchema = z.strictObject({
  apiVersion: z.literal('kubeproxy.config.k8s.io/v1alpha1'),
  kind: z.literal('KubeProxyConfiguration'),
  featureGates: maybe(z.record(z.string(), z.boolean())).transform((value) => value ?? {}),
  clientConnection: part({
    kubeconfig: text,
    acceptContentTypes: text,
    contentType: text.transform((value) => value || 'application/vnd.kubernetes.protobuf'),
    qps: maybe(z.number()).transform((value) => orElse(value, 5)),
    burst: maybe(z.int()).transform((value) => orElse(value, 10)),
  }),
  logging: part({
    format: text.transform((value) => value || 'text'),
    flushFrequency: duration(5 * second),
    verbosity: int(0),
    vmodule: anything,
    options: anything,
  }),
  hostnameOverride: text,
  bindAddress: text.transform((value) => value || '0.0.0.0'),
  healthzBindAddress: text,
  metricsBindAddress: text,
  bindAddressHardFail: isOn,
  enableProfiling: isOn,
  showHiddenMetricsForVersion: text,
  mode: text.transform((value) => value || 'nftables'),
  iptables: part({
    masqueradeBit: int(14),
    masqueradeAll: isOn,
    localhostNodePorts: maybe(z.boolean()).transform((value) => value ?? true),
    ...periods,
  }),
  ipvs: part({
    ...periods,
    scheduler: text,
    excludeCIDRs: texts,
    strictARP: isOn,
    tcpTimeout: timeout(0),
    tcpFinTimeout: timeout(0),
    udpTimeout: timeout(0),
  }),
  nftables: part({ masqueradeBit: int(14), masqueradeAll: isOn, ...periods }),
  winkernel: part({
    networkName: text,
    sourceVip: text,
    enableDSR: isOn,
    rootHnsEndpointName: text,
    forwardHealthCheckVip: isOn,
  }),
  detectLocalMode: text.transform((value) => value || 'ClusterCIDR'),
  detectLocal: part({ bridgeInterface: text, interfaceNamePrefix: text }),
  clusterCIDR: text,
  nodePortAddresses: texts,
  oomScoreAdj: int(-999),
  conntrack: part({
    maxPerCore: int(32_768),
    min: int(131_072),
    tcpEstablishedTimeout: timeout(24 * hour),
    tcpCloseWaitTimeout: timeout(hour),
    tcpBeLiberal: isOn,
    udpTimeout: timeout(0),
    udpStreamTimeout: timeout(0),
  }),
  configSyncPeriod: duration(15 * minute),
  portRange: text,
  windowsRunAsService: isOn,
});

/** Times in milliseconds. */
export type Configuration = z.output<typeof configurationSchema>;

export const configurationHeader = {
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
} as const;

/** What upstream, in nftables mode, is without a file and without flags. */
export function defaultConfiguration(): Configuration {
  return withAddresses(configurationSchema.parse(configurationHeader));
}

/** The addresses of the two servers, where none is given: by the family of `bindAddress`. */
export function withAddresses(configuration: Configuration): Configuration {
  const { bindAddress, healthzBindAddress, metricsBindAddress } = configuration;
  const [any, own] = bindAddress.includes(':') ? ['[::]', '[::1]'] : ['0.0.0.0', '127.0.0.1'];
  return {
    ...configuration,
    healthzBindAddress: withPort(healthzBindAddress || any, 10256),
    metricsBindAddress: withPort(metricsBindAddress || own, 10249),
  };
}

/** @example withPort('10.0.0.1', 10256) // '10.0.0.1:10256' */
export function withPort(address: string, port: number): string {
  if (/^(\[.*\]|[^:]*):\d+$/.test(address)) return address;
  const isBareIPv6 = address.includes(':') && !address.startsWith('[');
  return `${isBareIPv6 ? `[${address}]` : address}:${port}`;
}
