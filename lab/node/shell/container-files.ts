/** What a container finds in its files: a small system, what the kubelet writes, and its volumes. */
import type { ExecutionContext } from '../executions.ts';
import type { Container } from '../pods/container.ts';
import { hostnameOf } from '../pods/environment.ts';
import { createReadKeyValues } from '../pods/key-values.ts';
import type { PodWorker } from '../pods/pod-worker.ts';
import { executables } from './commands.ts';
import {
  absolute,
  directory,
  fixedFile,
  FileSystem,
  type Directory,
  type Entry,
} from './file-system.ts';
import { volumeOf } from './volumes.ts';
import { domainSearches } from './cluster-dns.ts';

interface Kept {
  readonly run: number;
  readonly files: Promise<FileSystem>;
}

/** A container's files live as long as its run; an emptyDir as long as the pod. */
const kept = new WeakMap<Container, Kept>();
const emptyDirs = new WeakMap<PodWorker, Map<string, Directory>>();

export async function filesOf(
  context: ExecutionContext,
  worker: PodWorker,
  container: Container,
): Promise<FileSystem> {
  const known = kept.get(container);
  if (known?.run === container.run) return known.files;
  const files = build(context, worker, container);
  kept.set(container, { run: container.run, files });
  // What could not be built is tried anew by the next command.
  files.catch(() => kept.delete(container));
  return files;
}

async function build(
  { client, nameservers }: ExecutionContext,
  worker: PodWorker,
  container: Container,
): Promise<FileSystem> {
  const { pod, podIPs } = worker;
  const namespace = pod.metadata.namespace ?? '';
  const system = new FileSystem(
    directory([
      [
        'bin',
        directory(
          executables.map((name) => [name, program] as const),
          true,
        ),
      ],
      ['dev', directory([['null', deviceNull]], false)],
      ['etc', directory(etcOf(hostnameOf(pod), worker, namespace, nameservers))],
      ['home', directory()],
      ['proc', directory(processes(container), true)],
      ['root', directory()],
      ['tmp', directory()],
      ['usr', directory([['bin', directory([], true)]])],
      [
        'var',
        directory([
          ['log', directory()],
          ['run', directory()],
        ]),
      ],
    ]),
  );
  const shared = emptyDirs.get(worker) ?? new Map<string, Directory>();
  emptyDirs.set(worker, shared);
  const read = createReadKeyValues(client);
  for (const mount of container.spec.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name);
    if (!volume) continue;
    let entry: Entry | undefined = shared.get(volume.name);
    if (!entry) {
      const made = await volumeOf(volume, { client, pod, read, podIPs, hostIPs: podIPs });
      if (volume.emptyDir) shared.set(volume.name, made);
      entry = made;
    }
    if (mount.subPath !== undefined)
      entry = new FileSystem(directory([['v', entry]])).find(`/v/${mount.subPath}`);
    if (!entry) continue;
    const path = absolute(mount.mountPath, '/');
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (parent !== '') system.makeDirectory(parent, true);
    system.put(path, entry);
  }
  return system;
}

const program = fixedFile('', 0o755);

const deviceNull: Entry = {
  kind: 'file',
  read: () => Buffer.alloc(0),
  write: () => undefined,
  mode: 0o666,
  modifiedAt: new Date(),
};

function etcOf(
  hostname: string,
  { pod, podIPs }: PodWorker,
  namespace: string,
  nameservers: readonly string[],
): readonly (readonly [string, Entry])[] {
  const aliases = (pod.spec.hostAliases ?? []).map(
    ({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`,
  );
  const hosts = [
    '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n',
    ...podIPs.map((address) => `${address}\t${hostname}\n`),
    ...(aliases.length > 0 ? ['\n# Entries added by HostAliases.\n', ...aliases] : []),
  ];
  const resolver = [
    `search ${domainSearches(namespace).join(' ')}`,
    ...nameservers.map((address) => `nameserver ${address}`),
    'options ndots:5',
  ];
  return [
    ['group', fixedFile('root:x:0:root\n')],
    ['hostname', fixedFile(`${hostname}\n`)],
    ['hosts', fixedFile(hosts.join(''))],
    [
      'os-release',
      fixedFile('NAME="Hop by Hop lab"\nID=hop-by-hop\nPRETTY_NAME="Hop by Hop lab"\n'),
    ],
    ['passwd', fixedFile('root:x:0:0:root:/root:/bin/sh\n')],
    ['resolv.conf', fixedFile(`${resolver.join('\n')}\n`)],
  ];
}

function processes(container: Container): readonly (readonly [string, Entry])[] {
  const startedAt = Date.now();
  const command = [...(container.spec.command ?? []), ...(container.spec.args ?? [])];
  const environment = Object.entries(container.environment ?? {});
  const first: readonly (readonly [string, Entry])[] = [
    ['cmdline', fixedFile(`${[container.spec.name, ...command].join('\0')}\0`, 0o444)],
    [
      'environ',
      fixedFile(environment.map(([name, value]) => `${name}=${value}\0`).join(''), 0o400),
    ],
  ];
  return [
    ['1', directory(first, true)],
    ['uptime', fixedFile(() => `${((Date.now() - startedAt) / 1000).toFixed(2)} 0.00\n`, 0o444)],
    ['version', fixedFile('Linux version hop-by-hop (lab)\n', 0o444)],
  ];
}
