/** Where the facts of kube-proxy come from. */

const page = (path: string) =>
  ({ kind: 'documentation', url: `https://kubernetes.io/docs/${path}` }) as const;
const file = (repository: string) => (path: string) =>
  ({ kind: 'source', repository, path, ref: 'master' }) as const;

/** The page that states the claims. */
export const proxiesPage = page('concepts/cluster-administration/proxies/');
/** Where that page’s link to ClusterIPs leads today. */
export const virtualIPsPage = page('reference/networking/virtual-ips/');
export const servicePage = page('concepts/services-networking/service/');

export const kubernetes = file('kubernetes/kubernetes');
export const enhancements = file('kubernetes/enhancements');

export const issue = (number: number) =>
  ({ kind: 'issue', reference: `kubernetes/kubernetes#${number}` }) as const;
