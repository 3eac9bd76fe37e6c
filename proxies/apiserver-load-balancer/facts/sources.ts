/** Where the facts of the load balancer come from. Kubernetes has no such program, so: from those who need one, and have one. */

const page = (path: string) =>
  ({ kind: 'documentation', url: `https://kubernetes.io/docs/${path}` }) as const;
const file = (repository: string, ref: string) => (path: string) =>
  ({ kind: 'source', repository, path, ref }) as const;

/** The page that states the claims. */
export const proxiesPage = page('concepts/cluster-administration/proxies/');
export const highAvailabilityPage = page(
  'setup/production-environment/tools/kubeadm/high-availability/',
);
export const healthPage = page('reference/using-api/health-checks/');
export const authenticationPage = page('reference/access-authn-authz/authentication/');
export const apiserverPage = page('reference/command-line-tools-reference/kube-apiserver/');

export const apiserver = file('kubernetes/apiserver', 'master');
/** Its examples of HAProxy with keepalived, and of kube-vip. */
export const kubeadmGuide = file('kubernetes/kubeadm', 'main')('docs/ha-considerations.md');
export const k3s = file('k3s-io/k3s', 'main');
export const kubespray = file('kubernetes-sigs/kubespray', 'master');
export const openshift = file('openshift/machine-config-operator', 'main');

export const issue = (number: number) =>
  ({ kind: 'issue', reference: `kubernetes/kubernetes#${number}` }) as const;
