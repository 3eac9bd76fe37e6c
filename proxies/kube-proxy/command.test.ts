import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { runCommand, type RunningCommand } from '../kit/running-command.ts';
import { runHere as runToEnd } from '../kit/testing/run-here.ts';
import { startScriptedApiserver } from '../kit/testing/scripted-apiserver.ts';
import { command as kubeProxy } from './command.ts';
import { node, paths, service, slice } from './testing/objects.ts';

/** `hop kube-proxy` in userspace mode, for this machine's loopback. */
function run(args: readonly string[]): Promise<RunningCommand> {
  return runCommand({
    command: 'kube-proxy',
    serving: /Serving health at (\S+)/,
    args,
    signal: new AbortController().signal,
  });
}

const runHere = (...argv: readonly string[]) => runToEnd(kubeProxy, argv);

const own = ['--healthz-bind-address=127.0.0.1:0', '--metrics-bind-address=127.0.0.1:0'];

it('serves a Service that the API tells of, by lists and watches that break off', async () => {
  await using cleaning = new AsyncDisposableStack();
  const backend = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  cleaning.defer(() => void backend.close());
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  const apiserver = cleaning.use(await startScriptedApiserver({ pageSize: 1 }));
  apiserver.put(paths.nodes, node());
  apiserver.put(paths.services, service('web', '127.77.0.10', { ports: [{ port: 28_080 }] }));
  apiserver.put(paths.services, service('other', '127.77.0.11', { ports: [{ port: 28_080 }] }));
  const args = [
    '--proxy-mode=userspace',
    `--master=${apiserver.url}`,
    '--hostname-override=node-1',
  ];
  const command = cleaning.use(await run([...args, ...own, '--iptables-min-sync-period=0']));
  expect(command.isServing, command.stderr()).toBe(true);
  await apiserver.untilWatched(paths.slices);
  apiserver.disconnect();
  await apiserver.untilWatched(paths.slices);
  const slices = slice('web', ['127.0.0.1']);
  const ports = { ports: [{ protocol: 'TCP', port }] };
  apiserver.put(paths.slices, { ...slices, ...ports });
  const ask = () =>
    fetch('http://127.77.0.10:28080/').then(
      (answer) => answer.text(),
      (error: unknown) => String(error),
    );
  await expect.poll(ask, { timeout: 20_000 }).toBe('hello');
}, 60_000);

it.each([
  ['--help', /^ {6}--detect-local-mode string/m],
  ['--version', /^Kubernetes v1\.\d+\S* \(hop\)$/m],
])('says what it is asked for, and ends: %s', async (flag, said) => {
  const { status, stdout } = await runHere(flag);
  expect(stdout).toMatch(said);
  expect(status).toBe(0);
});

it('takes no arguments', async () => {
  const { status, stderr } = await runHere('--v=1', 'start');
  expect(stderr).toContain('"kube-proxy" does not take any arguments, got ["start"]');
  expect(status).toBe(1);
});

it('writes its configuration, and ends', async () => {
  await using cleaning = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'kube-proxy-'));
  cleaning.defer(() => rm(directory, { recursive: true }));
  const file = join(directory, 'written.yaml');
  const { status, stderr } = await runHere(
    `--write-config-to=${file}`,
    '--cluster-cidr=10.1.0.0/16',
  );
  expect(stderr).toContain(`Wrote configuration: file=${JSON.stringify(file)}`);
  expect(await readFile(file, 'utf8')).toMatch(/^clusterCIDR: 10\.1\.0\.0\/16$/m);
  expect(status).toBe(0);
});

it('ends with what to do where a mode is asked for that is not here', async () => {
  await using command = await run(['--proxy-mode=ipvs']);
  expect(command).toMatchObject({ isServing: false, exitCode: 1 });
  expect(command.stderr()).toContain('must be nftables or userspace');
});

it('names the kubeconfig that says nothing', async () => {
  const { status, stderr } = await runHere('--kubeconfig=/dev/null', '--proxy-mode=userspace');
  expect(stderr).toContain(
    'error: invalid configuration: no configuration has been provided in /dev/null',
  );
  expect(status).toBe(1);
});

it('ends when its configuration file changes, so that it is started anew', async () => {
  await using cleaning = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'kube-proxy-'));
  cleaning.defer(() => rm(directory, { recursive: true }));
  const apiserver = cleaning.use(await startScriptedApiserver());
  apiserver.put(paths.nodes, node());
  const kubeconfig = join(directory, 'kubeconfig.json');
  const cluster = { name: 'c', cluster: { server: apiserver.url } };
  const context = { name: 'c', context: { cluster: 'c', user: '' } };
  const config = { clusters: [cluster], contexts: [context], 'current-context': 'c' };
  await writeFile(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
  const file = join(directory, 'config.json');
  const configuration = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'userspace',
    hostnameOverride: 'node-1',
    clientConnection: { kubeconfig },
    healthzBindAddress: '127.0.0.1:0',
    metricsBindAddress: '127.0.0.1:0',
  };
  await writeFile(file, JSON.stringify(configuration));
  const command = cleaning.use(await run([`--config=${file}`]));
  expect(command.isServing, command.stderr()).toBe(true);
  await writeFile(file, JSON.stringify({ ...configuration, oomScoreAdj: -998 }));
  await command.ended;
  expect(command.stderr()).toContain(
    "content of the proxy server's configuration file was updated",
  );
}, 60_000);
