/** Where the profiles have their facts from: upstream's repositories, each at the release that was read. */
const at = (repository: string, ref: string) => (path: string) =>
  ({ kind: 'source', repository, path, ref }) as const;

export const awsProvider = at('kubernetes/cloud-provider-aws', 'v1.36.1');
export const awsController = at('kubernetes-sigs/aws-load-balancer-controller', 'v3.5.0');
export const gcpProvider = at('kubernetes/cloud-provider-gcp', 'v36.3.8');
export const azureProvider = at('kubernetes-sigs/cloud-provider-azure', 'v1.36.5');
export const digitalOceanProvider = at(
  'digitalocean/digitalocean-cloud-controller-manager',
  'v0.1.68',
);
export const openStackProvider = at('kubernetes/cloud-provider-openstack', 'v1.36.0');
export const hetznerProvider = at('hetznercloud/hcloud-cloud-controller-manager', 'v1.35.0');
export const metalLB = at('metallb/metallb', 'v0.16.1');
export const klipper = at('k3s-io/klipper-lb', 'v0.4.17');
export const k3s = at('k3s-io/k3s', '0821db5a081300bc46bddeb04b09823c79255655');
export const kubeVip = at('kube-vip/kube-vip', 'v1.2.3');
export const kindProvider = at('kubernetes-sigs/cloud-provider-kind', 'v0.11.1');

/** What the generic controller does for all clouds that are built with it. */
export const cloudProvider = at('kubernetes/cloud-provider', 'master');

const page = (path: string) =>
  ({ kind: 'documentation', url: `https://kubernetes.io/docs/${path}` }) as const;

export const servicePage = page('concepts/services-networking/service/');
export const virtualIPsPage = page('reference/networking/virtual-ips/');
