/** Tokens of a pod's service account, bound to the pod, and a connection to the API with one. */
import type { ApiClient, ApiConnection } from '../../../proxies/kit/api/api-client.ts';
import type { Pod, ProjectedSource } from './pod.ts';

interface TokenRequest {
  readonly status?: { readonly token?: string };
}

/** As upstream's admission asks for it: an hour, and a little for those who renew late. */
const usualSeconds = 3607;

/** @throws ApiError when the account is not there */
export async function requestToken(
  client: ApiClient,
  { metadata, spec }: Pod,
  {
    audience,
    expirationSeconds = usualSeconds,
  }: Partial<NonNullable<ProjectedSource['serviceAccountToken']>> = {},
): Promise<string> {
  const { namespace = '', name, uid } = metadata;
  const account = spec.serviceAccountName ?? 'default';
  const made = await client.create<TokenRequest>(
    `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        expirationSeconds,
        ...(audience === undefined ? {} : { audiences: [audience] }),
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    },
  );
  return made.status?.token ?? '';
}

/** What a pod's program is given to reach the API as its service account. */
export function createConnectApi(
  client: ApiClient,
  { server, caPem }: ApiConnection,
): (pod: Pod) => Promise<ApiConnection> {
  return async (pod) => ({
    server,
    caPem,
    token: await requestToken(client, pod),
    userAgent: pod.metadata.name,
  });
}
