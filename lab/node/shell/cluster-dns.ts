/** What pods need not write of a name: `--cluster-domain` of a kubelet. */

const domain = 'cluster.local';

/** @example domainSearches('default')[0] // 'default.svc.cluster.local' */
export function domainSearches(namespace: string): readonly string[] {
  return [`${namespace}.svc.${domain}`, `svc.${domain}`, domain];
}
