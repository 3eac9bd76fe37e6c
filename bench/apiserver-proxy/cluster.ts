/** An apiserver of the lab, alone, with a pod and a Service that lead to ports of this machine. */
import { mkdir } from 'node:fs/promises';
import { openSession, send } from '../lab/client.ts';
import { startApiserver, type ServingProcess } from '../lab/processes.ts';

const namespace = '/api/v1/namespaces/default';

export const paths = {
  /** The apiserver's own: an object of about the size of the small file. */
  plain: `${namespace}/configmaps/plain`,
  service: `${namespace}/services/web:80/proxy`,
  pod: `${namespace}/pods/web-0/proxy`,
  sockets: `${namespace}/services/web:81/proxy`,
} as const;

export interface Ports {
  /** Where HTTP is served. */
  readonly http: number;
  /** Where connections are upgraded. */
  readonly sockets: number;
}

/** The targets have loopback addresses, which an apiserver outside of a lab would refuse. */
export async function startCluster(directory: string, ports: Ports): Promise<ServingProcess> {
  await using stack = new AsyncDisposableStack();
  await mkdir(directory);
  const flags = ['--allow-loopback-endpoints=true'];
  const apiserver = stack.use(await startApiserver(directory, undefined, flags));
  const session = await openSession(apiserver.address);
  using closing = new DisposableStack();
  closing.defer(() => session.destroy());
  for (const [method, path, object] of objects(ports)) {
    const headers = { ':method': method, 'content-type': contentTypes[method] ?? '' };
    const { status, body } = await send(session, path, headers, JSON.stringify(object));
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${body.toString()}`);
  }
  stack.move();
  return apiserver;
}

const contentTypes: Readonly<Record<string, string>> = {
  POST: 'application/json',
  PATCH: 'application/merge-patch+json',
};

function objects({ http, sockets }: Ports): readonly (readonly [string, string, object])[] {
  const name = 'web-0';
  const containerPorts = [{ containerPort: http }, { containerPort: sockets }];
  return [
    ['POST', `${namespace}/serviceaccounts`, { metadata: { name: 'default' } }],
    [
      'POST',
      `${namespace}/pods`,
      {
        metadata: { name },
        spec: { containers: [{ name: 'web', image: 'web', ports: containerPorts }] },
      },
    ],
    ['PATCH', `${namespace}/pods/${name}/status`, { status: podStatus }],
    [
      'POST',
      `${namespace}/services`,
      {
        metadata: { name: 'web' },
        spec: {
          ports: [
            { name: 'http', port: 80, targetPort: http },
            { name: 'sockets', port: 81, targetPort: sockets },
          ],
        },
      },
    ],
    [
      'POST',
      `${namespace}/endpoints`,
      {
        metadata: { name: 'web' },
        subsets: [
          {
            addresses: [
              { ip: '127.0.0.1', targetRef: { kind: 'Pod', name, namespace: 'default' } },
            ],
            ports: [
              { name: 'http', port: http },
              { name: 'sockets', port: sockets },
            ],
          },
        ],
      },
    ],
    [
      'POST',
      `${namespace}/configmaps`,
      { metadata: { name: 'plain' }, data: { padding: 'x'.repeat(100) } },
    ],
  ];
}

const podStatus = { phase: 'Running', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] };
