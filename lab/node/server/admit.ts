/** Who may use the kubelet's port: by client certificate, then as the apiserver says. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { ApiClient } from '../../../proxies/kit/api/api-client.ts';
import { HttpProblem } from './http-problem.ts';

export interface AdmitOptions {
  readonly nodeName: string;
  readonly client: ApiClient;
}

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

/** @throws HttpProblem 401 without a good certificate, 403 where the user may not */
export async function admit(request: IncomingMessage, options: AdmitOptions): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'https://kubelet');
  if (pathname === '/healthz') return;
  const socket = request.socket;
  if (!(socket instanceof TLSSocket) || !socket.authorized) {
    throw new HttpProblem(401, 'Unauthorized');
  }
  const subject = socket.getPeerCertificate().subject as Subject | undefined;
  const user = subject?.CN ?? '';
  const groups = [subject?.O ?? []].flat();
  // The apiserver always lets these through: there is no need to ask it.
  if (groups.includes('system:masters')) return;
  const verb = verbs[request.method ?? ''] ?? 'get';
  const subresource = subresources[pathname.split('/')[1] ?? ''] ?? 'proxy';
  const { status } = await options.client.create<Review>(
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user,
        groups: [...groups, 'system:authenticated'],
        resourceAttributes: {
          verb,
          version: 'v1',
          resource: 'nodes',
          subresource,
          name: options.nodeName,
        },
      },
    },
  );
  if (status?.allowed === true) return;
  const what = `user=${user}, verb=${verb}, resource=nodes, subresource(s)=[${subresource}]`;
  throw new HttpProblem(403, `Forbidden (${what})`);
}

interface Subject {
  readonly CN?: string;
  readonly O?: string | string[];
}

const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** By the first segment of the path; all else is `proxy`. */
const subresources: Readonly<Record<string, string>> = {
  stats: 'stats',
  metrics: 'metrics',
  logs: 'log',
};
