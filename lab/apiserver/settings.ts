/** What the resources need to know of the cluster they stand in. */
import { parseIpRange, type IpRange } from '../../proxies/kit/ip.ts';

export interface ApiSettings {
  /** Where ClusterIPs come from: one range, or one per family, the default family first. */
  readonly serviceClusterIpRanges: readonly IpRange[];
  /** Where node ports come from, both ends included. */
  readonly serviceNodePortRange: PortRange;
  /** Whether endpoints may stand on loopback addresses: in a lab that has no others. */
  readonly allowLoopbackEndpoints: boolean;
  /** What of admission does not take part. */
  readonly disabledAdmissionPlugins: ReadonlySet<AdmissionPlugin>;
}

export type AdmissionPlugin = 'ServiceAccount';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The settings as kube-apiserver's flags write them. */
export interface SettingsFlags {
  /** `--service-cluster-ip-range`, at its commas. */
  readonly serviceClusterIpRanges?: readonly string[];
  /** `--service-node-port-range` */
  readonly serviceNodePortRange?: string;
  readonly allowLoopbackEndpoints?: boolean;
  readonly disableAdmissionPlugins?: readonly AdmissionPlugin[];
}

const defaultRanges = ['10.96.0.0/16', 'fd00:10:96::/112'];
const defaultPorts = '30000-32767';

/**
 * Reads the settings.
 *
 * @throws Error when a range is none, or both are of one family.
 * @example readSettings({}).serviceNodePortRange // { first: 30000, last: 32767 }
 */
export function readSettings(flags: SettingsFlags = {}): ApiSettings {
  return {
    serviceClusterIpRanges: readIpRanges(flags.serviceClusterIpRanges ?? defaultRanges),
    serviceNodePortRange: readPortRange(flags.serviceNodePortRange ?? defaultPorts),
    allowLoopbackEndpoints: flags.allowLoopbackEndpoints ?? false,
    disabledAdmissionPlugins: new Set(flags.disableAdmissionPlugins),
  };
}

function readIpRanges(texts: readonly string[]): readonly IpRange[] {
  const ranges = texts.map((part) => {
    const range = parseIpRange(part.trim());
    if (!range) throw new Error(`--service-cluster-ip-range: invalid CIDR address: ${part.trim()}`);
    return range;
  });
  const families = new Set(ranges.map(({ family }) => family));
  if (ranges.length > 2 || families.size < ranges.length) {
    throw new Error('--service-cluster-ip-range must be of different IP family');
  }
  return ranges;
}

/** `30000-32767`, or `30000+2767`, as upstream's PortRange. */
function readPortRange(text: string): PortRange {
  const parsed = /^(\d+)(?:([-+])(\d+))?$/.exec(text.trim());
  const first = Number(parsed?.[1]);
  const second = Number(parsed?.[3] ?? 0);
  const last = parsed?.[2] === '-' ? second : first + second;
  if (!parsed || last < first || last > 65535) {
    throw new Error(`--service-node-port-range: unable to parse port range: ${text}`);
  }
  return { first, last };
}
