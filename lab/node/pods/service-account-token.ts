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

/** Where pods find the API: `https://10.96.0.1:443`; undefined where there is no Service for it. */
export type FindApi = () => Promise<string | undefined>;

/** What a pod's program is given to reach the API as its service account, from its own address. */
export function createConnectApi(
  client: ApiClient,
  { server: ours, caPem }: ApiConnection,
  findApi: FindApi,
): (pod: Pod, addresses: readonly string[]) => Promise<ApiConnection> {
  return async (pod, addresses) => {
    const isOnLoopback = addresses.some((address) => address.startsWith('127.'));
    // There the Service's port is one that not everybody may listen on.
    const server = isOnLoopback ? ours : ((await findApi()) ?? ours);
    const isV6 = server.startsWith('https://[');
    const localAddress = addresses.find((address) => address.includes(':') === isV6);
    return {
      server,
      caPem,
      token: await requestToken(client, pod),
      ...(localAddress && !isOnLoopback && { localAddress }),
      userAgent: pod.metadata.name,
    };
  };
}
