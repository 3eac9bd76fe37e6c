/**
 * Services that another cloud serves: they have an address that is none of ours, so their finalizer and their status
 * are its own, and it has something to clean up when they go.
 */
import { isIP } from 'node:net';
import type { ApiClient } from '../../kit/api/api-client.ts';
import { isRefusal } from '../../kit/api/errors.ts';
import { keyOf } from '../../kit/api/watch-cache.ts';
import { parseIp } from '../../kit/ip.ts';
import type { AddressPool } from '../hop-cloud/addresses/pool.ts';
import type { Service } from '../service.ts';

export interface LeftAloneOptions {
  readonly client: ApiClient;
  readonly pools: readonly AddressPool[];
  /** Who manages the fields that we write. */
  readonly manager: string;
  readonly warn: (text: string) => void;
}

/** Whether nothing is to be written or cleaned up. @throws Error where the apiserver cannot say it now */
export type IsLeftAlone = (service: Service, signal: AbortSignal) => Promise<boolean>;

export function createLeftAlone(options: LeftAloneOptions): IsLeftAlone {
  const { client, pools, manager, warn } = options;
  /** What was found, by the Service’s UID and its status: it is asked about once. */
  const found = new Map<string, { readonly shown: string; readonly isLeft: boolean }>();

  /** Null: it is gone. */
  const isWrittenByUs = async (
    { metadata: { namespace = '', name } }: Service,
    signal: AbortSignal,
  ): Promise<boolean | null> => {
    try {
      const path = `/api/v1/namespaces/${namespace}/services/${name}`;
      const { metadata } = await client.get<ManagedService>(path, { signal });
      return (metadata.managedFields ?? []).some(
        (entry) => entry.manager === manager && ownsIngress(entry.fieldsV1),
      );
    } catch (error) {
      if (isRefusal(error, 'NotFound')) return null;
      throw error;
    }
  };

  return async (service, signal) => {
    const ingress = service.status?.loadBalancer?.ingress ?? [];
    const { uid = '' } = service.metadata;
    if (ingress.length === 0 || ingress.some(({ ip }) => isInPools(pools, ip))) {
      found.delete(uid);
      return false;
    }
    const shown = JSON.stringify(ingress);
    const known = found.get(uid);
    if (known?.shown === shown) return known.isLeft;
    const isOurs = await isWrittenByUs(service, signal);
    if (isOurs === null) {
      found.delete(uid);
      return true;
    }
    const isLeft = !isOurs;
    found.set(uid, { shown, isLeft });
    if (isLeft) {
      const addresses = ingress.map(({ ip, hostname }) => ip ?? hostname ?? '?').join(', ');
      warn(
        `Service ${keyOf(service)} has ${addresses}, which is none of ours: another cloud serves it, ` +
          'and it is left alone. Where that cloud is gone, remove the address from its status',
      );
    }
    return isLeft;
  };
}

interface ManagedService extends Service {
  readonly metadata: Service['metadata'] & {
    readonly managedFields?: readonly {
      readonly manager?: string;
      readonly fieldsV1?: object;
    }[];
  };
}

/** `{ "f:status": { "f:loadBalancer": { "f:ingress": … } } }` */
function ownsIngress(fields: object | undefined): boolean {
  return ['f:status', 'f:loadBalancer', 'f:ingress'].every((name) => {
    const inner: unknown = fields && Object.entries(fields).find(([key]) => key === name)?.[1];
    fields = typeof inner === 'object' && inner !== null ? inner : undefined;
    return inner !== undefined;
  });
}

function isInPools(pools: readonly AddressPool[], text: string | undefined): boolean {
  if (text === undefined || isIP(text) === 0) return false;
  const ip = parseIp(text);
  return pools.some(
    ({ family, first, last }) => ip?.family === family && first <= ip.value && ip.value <= last,
  );
}
