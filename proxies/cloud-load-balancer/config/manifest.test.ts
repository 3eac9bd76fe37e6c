import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { electionPermissions, permissions, type Permission } from '../command/permissions.ts';
import { parseFlags } from '../../kit/flags.ts';
import { flags } from '../facts/flags.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
  readonly spec?: {
    readonly template: {
      readonly spec: {
        readonly hostNetwork: boolean;
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly livenessProbe: { readonly httpGet: Readonly<Record<string, string | number>> };
        }[];
      };
    };
  };
}

const read = (name: string) =>
  readFile(new URL(`../../../deploy/cloud-load-balancer.${name}`, import.meta.url), 'utf8');

async function manifest(kind: string): Promise<Manifest> {
  const all = parseAllDocuments(await read('yaml')).map((one) => one.toJS() as Manifest);
  const found = all.find((one) => one.kind === kind);
  if (!found) throw new Error(`there is no ${kind}`);
  return found;
}

it('is started, in its Deployment, with flags that it has, on the machine’s own network', async () => {
  const { spec } = await manifest('Deployment');
  expect(spec?.template.spec.hostNetwork).toBe(true);
  const [container] = spec?.template.spec.containers ?? [];
  const [name, ...argv] = container?.args ?? [];
  expect(name).toBe('cloud-lb');
  const { values } = parseFlags(flags, argv);
  expect(values.dataplane).toBe('nftables');
  const { host = '', port = 0 } = container?.livenessProbe.httpGet ?? {};
  expect(values['admin-bind-address']).toBe(`${host}:${port}`);
  const role = await manifest('Role');
  expect(role.metadata.namespace).toBe(values['leader-elect-resource-namespace']);
  expect(role.rules?.flatMap(({ resourceNames = [] }) => resourceNames)).toEqual([
    values['leader-elect-resource-name'],
  ]);
});

it.each([
  ['ClusterRole', permissions],
  ['Role', electionPermissions],
] as const)('may do what it asks for, and no more: %s', async (kind, wanted) => {
  const { rules = [] } = await manifest(kind);
  const granted = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((what) => linesOf(group, what, verbs))),
  );
  const asked = wanted.flatMap(({ apiGroup, resource, verbs }: Permission) =>
    linesOf(apiGroup, resource, verbs),
  );
  expect(granted.toSorted()).toEqual(asked.toSorted());
});

function linesOf(group: string, resource: string, verbs: readonly string[]): readonly string[] {
  return verbs.map((verb) => `${verb} ${resource}.${group}`);
}

it('is started by systemd with flags that it has, and cleans up the same pool', async () => {
  const unit = await read('service');
  const [start, post] = ['ExecStart', 'ExecStopPost'].map((name) => {
    const [, line = ''] = new RegExp(`^${name}=((?:.*\\\\\\n)*.*)$`, 'm').exec(unit) ?? [];
    const [, command, ...argv] = line.replaceAll('\\\n', ' ').split(/ +/);
    expect(command).toBe('cloud-lb');
    return parseFlags(flags, argv).values;
  });
  expect(post?.cleanup).toBe(true);
  expect(post?.['address-pool']).toEqual(start?.['address-pool']);
});

it.each(['yaml', 'service'])('says what --dataplane=nftables needs: %s', async (name) => {
  const comments = (await read(name)).replaceAll(/\n *# */g, ' ');
  for (const word of ['libnftables', 'iproute2', 'CAP_NET_ADMIN', 'forwarding']) {
    expect(comments).toContain(word);
  }
});
