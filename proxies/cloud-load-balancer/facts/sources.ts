/** Where the facts of the cloud load balancer come from; those of each provider are beside its profile. */

const page = (path: string) =>
  ({ kind: 'documentation', url: `https://kubernetes.io/docs/${path}` }) as const;
const file = (repository: string) => (path: string) =>
  ({ kind: 'source', repository, path, ref: 'master' }) as const;

/** The page that states the claims. */
export const proxiesPage = page('concepts/cluster-administration/proxies/');
export const servicePage = page('concepts/services-networking/service/');
export const sourceIPPage = page('tutorials/services/source-ip/');
export const externalLoadBalancerPage = page(
  'tasks/access-application-cluster/create-external-load-balancer/',
);

export const kubernetes = file('kubernetes/kubernetes');
const cloudProvider = (path: string) => kubernetes(`staging/src/k8s.io/cloud-provider/${path}`);
export const enhancement = (name: string) =>
  file('kubernetes/enhancements')(`keps/sig-network/${name}/README.md`);

/** What every cloud’s own controller goes by. */
export const serviceController = cloudProvider('controllers/service/controller.go');
export const serviceHelpers = cloudProvider('service/helpers/helper.go');
