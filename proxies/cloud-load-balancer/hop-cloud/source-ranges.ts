/** Who may come: the field, or else the annotation that was there before it (specification 5.3). */
import type { Service } from '../service.ts';

const annotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** As CIDRs; empty: everybody. */
export function sourceRangesOf({ metadata, spec }: Service): readonly string[] {
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const given = ranges.length > 0 ? ranges : (metadata.annotations?.[annotation] ?? '').split(',');
  return given.map((range) => range.trim()).filter((range) => range !== '');
}
