/** Addresses as Kubernetes takes them, and those that nobody else can be reached at. */
import {
  formatIp,
  isInRange,
  parseIp,
  parseIpRange,
  type IpRange,
} from '../../../proxies/kit/ip.ts';
import { invalidValue } from '../field-errors.ts';
import type { Cause } from '../status.ts';

export function invalidIp(text: string, field: string): readonly Cause[] {
  return parseIp(text)
    ? []
    : [invalidValue(field, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

export function invalidRange(text: string, field: string): readonly Cause[] {
  return parseIpRange(text)
    ? []
    : [
        invalidValue(
          field,
          text,
          'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
        ),
      ];
}

interface Special {
  readonly ranges: readonly string[];
  readonly detail: string;
}

const loopback: Special = {
  ranges: ['127.0.0.0/8', '::1/128'],
  detail: 'may not be in the loopback range (127.0.0.0/8, ::1/128)',
};

/** Upstream's `ValidateEndpointIP`, in its order. */
const specials: readonly Special[] = [
  { ranges: ['0.0.0.0/32', '::/128'], detail: 'may not be unspecified' },
  loopback,
  {
    ranges: ['169.254.0.0/16', 'fe80::/10'],
    detail: 'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  },
  {
    ranges: ['224.0.0.0/24', 'ff02::/16'],
    detail: 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  },
];

const parsed = specials.map((special) => ({
  special,
  ranges: special.ranges.map(parseIpRange).filter((range): range is IpRange => range !== undefined),
}));

/** An address that means something else on every machine is no address of a backend. */
export function specialIp(
  text: string,
  field: string,
  { isLoopbackAllowed = false } = {},
): readonly Cause[] {
  const ip = parseIp(text);
  if (!ip) return [];
  return parsed
    .filter(({ special }) => !(isLoopbackAllowed && special === loopback))
    .filter(({ ranges }) => ranges.some((range) => isInRange(range, ip)))
    .map(({ special }) =>
      special.detail === 'may not be unspecified'
        ? invalidValue(field, text, `may not be unspecified (${formatIp(ip)})`)
        : invalidValue(field, text, special.detail),
    );
}
