/** What one write has taken so far, until it is known whether the write succeeds. */
import type { ApiObject } from '../api-object.ts';
import { invalidValue } from '../field-errors.ts';
import type { AllocationRequest } from '../resource.ts';
import { clusterIpsOf } from '../resources/service-spec.ts';
import { internalError, invalid } from '../status.ts';
import { claim, isClaimed, release, type ClaimKind, type Owner } from './claims.ts';
import { formatIp, formatIpRange, isInRange, parseIp } from '../../../proxies/kit/ip.ts';
import { candidates, staticAddresses, staticPorts } from './pick.ts';

export interface Reservation {
  /** An address of a family: the one asked for, or any. */
  address(family: string, asked: string, service: ApiObject): Promise<string>;
  /** A certain node port. */
  port(asked: number, field: string, service: ApiObject): Promise<void>;
  healthPort(asked: number): Promise<void>;
  anyPort(what: string): Promise<number>;
  /** Gives back everything that was taken. */
  revert(): Promise<void>;
}

const kind = { group: '', kind: 'Service' };
const full = 'range is full';
/** Of a family of 2⁶⁴ addresses no more are used than upstream uses. */
const mostAddresses = 65_536n;

export function openReservation(
  { store, settings, isDryRun }: AllocationRequest,
  owner: Owner,
): Reservation {
  const taken: { readonly kind: ClaimKind; readonly what: string }[] = [];

  const take = async (claimKind: ClaimKind, what: string): Promise<boolean> => {
    const isOurs = taken.some((one) => one.kind === claimKind && one.what === what);
    if (isOurs) return false;
    if (
      isDryRun
        ? await isClaimed(store, claimKind, what)
        : !(await claim(store, claimKind, what, owner))
    )
      return false;
    taken.push({ kind: claimKind, what });
    return true;
  };

  const takePort = async (asked: number): Promise<string | undefined> => {
    const { first, last } = settings.serviceNodePortRange;
    if (asked < first || asked > last) {
      return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
    }
    return (await take('nodeports', String(asked)))
      ? undefined
      : 'provided port is already allocated';
  };

  return {
    address: async (family, asked, service) => {
      const range = settings.serviceClusterIpRanges.find((one) => one.family === family);
      if (!range) throw internalError(`failed to allocate a serviceIP: no range for ${family}`);
      if (asked !== '') {
        const ip = parseIp(asked);
        const problem =
          !ip || !isInRange(range, ip) || isEdge(range, ip.value)
            ? `the provided network does not match the current range`
            : (await take('clusterips', formatIp(ip)))
              ? undefined
              : 'provided IP is already allocated';
        if (problem === undefined) return asked;
        throw invalid(kind, service.metadata.name, [
          invalidValue(
            'spec.clusterIPs',
            [...clusterIpsOf(service)],
            problem === 'provided IP is already allocated'
              ? `failed to allocate IP ${asked}: ${problem}`
              : `failed to allocate IP ${asked}: the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${formatIpRange(range)}`,
          ),
        ]);
      }
      const usable = Number(usableOf(range) > mostAddresses ? mostAddresses : usableOf(range));
      for (const offset of candidates(usable, staticAddresses(usable))) {
        const text = formatIp({ family: range.family, value: range.value + 1n + BigInt(offset) });
        if (await take('clusterips', text)) return text;
      }
      throw internalError(`failed to allocate a serviceIP: ${full}`);
    },

    port: async (asked, field, service) => {
      const problem = await takePort(asked);
      if (problem === undefined) return;
      throw invalid(kind, service.metadata.name, [invalidValue(field, asked, problem)]);
    },

    healthPort: async (asked) => {
      const problem = await takePort(asked);
      if (problem === undefined) return;
      throw internalError(`failed to allocate requested HealthCheck NodePort ${asked}: ${problem}`);
    },

    anyPort: async (what) => {
      const { first, last } = settings.serviceNodePortRange;
      const size = last - first + 1;
      for (const offset of candidates(size, staticPorts(size))) {
        if (await take('nodeports', String(first + offset))) return first + offset;
      }
      throw internalError(`failed to allocate a ${what}: ${full}`);
    },

    revert: async () => {
      if (isDryRun) return;
      for (const one of taken.splice(0)) await release(store, one.kind, one.what, owner);
    },
  };
}

interface Range {
  readonly family: string;
  readonly value: bigint;
  readonly size: bigint;
}

/** Without the network's own address and, for IPv4, without that of the broadcast. */
function usableOf({ family, size }: Range): bigint {
  return size - (family === 'IPv4' ? 2n : 1n);
}

function isEdge({ family, value, size }: Range, address: bigint): boolean {
  return address === value || (family === 'IPv4' && address === value + size - 1n);
}
