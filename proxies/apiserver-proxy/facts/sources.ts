/** Where the facts of the apiserver proxy come from. */

const page = (path: string) =>
  ({ kind: 'documentation', url: `https://kubernetes.io/docs/${path}` }) as const;
const file = (repository: string) => (path: string) =>
  ({ kind: 'source', repository, path, ref: 'master' }) as const;

/** The page that states the claims. */
export const proxiesPage = page('concepts/cluster-administration/proxies/');
export const accessPage = page('tasks/access-application-cluster/access-cluster-services/');
export const authorizationPage = page('reference/access-authn-authz/authorization/');
export const apiReference = page('reference/generated/kubernetes-api/v1.36/');

export const kubernetes = file('kubernetes/kubernetes');
export const apimachinery = file('kubernetes/apimachinery');
export const apiserver = file('kubernetes/apiserver');

/** @param id of one of the cases in `recorded/` */
export const recorded = (id: string) => ({ kind: 'recorded', case: id }) as const;
export const issue = (number: number) =>
  ({ kind: 'issue', reference: `kubernetes/kubernetes#${number}` }) as const;
