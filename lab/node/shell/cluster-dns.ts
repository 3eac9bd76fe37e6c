/** How pods find names: `--cluster-dns` and `--cluster-domain` of a kubelet. */

export const nameservers: readonly string[] = ['10.96.0.10'];
const domain = 'cluster.local';

/** @example domainSearches('default')[0] // 'default.svc.cluster.local' */
export function domainSearches(namespace: string): readonly string[] {
  return [`${namespace}.svc.${domain}`, `svc.${domain}`, domain];
}
