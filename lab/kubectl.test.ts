import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from './index.ts';
import { kubectl, missingKubectl } from './testing/kubectl.ts';

const missing = missingKubectl();

describe.skipIf(missing)(
  `the real kubectl${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let directory: string;
    let lab: Lab;
    const run = async (...args: readonly string[]) =>
      (await kubectl(lab.kubeconfigPath, ...args)).stdout;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'hop-kubectl-'));
      lab = await startLab({ directory });
      await writeFile(join(directory, 'hello.yaml'), manifest(2, '1'));
      await writeFile(join(directory, 'hello-again.yaml'), manifest(3, '2'));
    });
    afterAll(async () => {
      await lab[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    });

    it('gets pods, wide and of all namespaces, and nodes', async () => {
      expect(await run('get', 'pods', '-A', '-o', 'wide')).toMatch(
        /default +web-0 +1\/1 +Running +0 +47m +10\.244\.1\.10 +node-1 +<none> +<none>/,
      );
      expect(await run('get', 'nodes')).toMatch(/node-1 +Ready +control-plane +12d +v1\.33/);
    });

    it('describes a pod with its events, and a node with its pods', async () => {
      const pod = await run('describe', 'pod', 'web-0');
      expect(pod).toMatch(/Node: +node-1\/172\.30\.0\.11/);
      expect(pod).toMatch(/Normal +Started +\S+ +kubelet +Started container web/);
      expect(await run('describe', 'node', 'node-2')).toMatch(/default +web-1/);
    });

    it('applies, finds nothing to change, applies a change and deletes', async () => {
      const [file, again] = [join(directory, 'hello.yaml'), join(directory, 'hello-again.yaml')];
      expect(await run('apply', '-f', file)).toContain('deployment.apps/hello created');
      expect(await run('apply', '-f', file)).toContain('deployment.apps/hello unchanged');
      expect(await run('apply', '-f', again)).toContain('deployment.apps/hello configured');
      const read = 'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].env[0].value}';
      expect(await run('get', 'deploy', 'hello', '-o', read)).toBe('3 2');
      expect(await run('delete', '-f', again)).toContain('deployment.apps "hello" deleted');
    });

    it('creates in protobuf, labels, and patches in three ways', async () => {
      await run('create', 'configmap', 'three', '--from-literal=a=1');
      await run('label', 'configmap', 'three', 'tier=back');
      const patch = (type: string, text: string) =>
        run('patch', 'configmap', 'three', '--type', type, '-p', text);
      await patch('strategic', '{"data":{"b":"2","c":"3"}}');
      await patch('merge', '{"data":{"b":null}}');
      await patch('json', '[{"op":"add","path":"/data/d","value":"4"}]');
      expect(
        await run('get', 'configmap', '-l', 'tier=back', '-o', 'jsonpath={.items[0].data}'),
      ).toBe('{"a":"1","c":"3","d":"4"}');
      expect(await run('delete', 'configmap', 'three')).toContain('deleted');
    });

    it('tries without doing', async () => {
      const created = await run('create', 'deployment', 'x', '--image=x', '--dry-run=server');
      expect(created).toContain('deployment.apps/x created (server dry run)');
      await expect(run('get', 'deployment', 'x')).rejects.toThrow('deployments.apps "x" not found');
    });

    it('watches', async () => {
      const failed = await run('get', 'pods', '-w', '--request-timeout=3s').catch(String);
      expect(failed.match(/web-\d/g)?.length).toBeGreaterThan(3);
    });

    it('asks who it is and what it may', async () => {
      expect(await run('auth', 'can-i', 'delete', 'pods')).toBe('yes\n');
      expect(await run('auth', 'whoami')).toContain('kubernetes-admin');
      await expect(run('get', 'pods', '--as', 'alice')).rejects.toThrow(
        'User "alice" cannot list resource "pods"',
      );
    });

    it('finds the resources, and explains them', async () => {
      expect(await run('api-resources')).toMatch(/deployments +deploy +apps\/v1 +true +Deployment/);
      expect(await run('explain', 'pod.spec.containers.image')).toContain('The image to run.');
      expect(await run('get', '--raw', '/version')).toContain('"minor": "33"');
      expect(await run('get', 'pods', '--field-selector', 'spec.nodeName=node-3')).toContain(
        'web-2',
      );
    });

    it('reads logs, and is told what cannot be reached', async () => {
      expect(await run('logs', 'web-0', '--tail=1')).toContain('ready');
      await expect(run('attach', 'web-0')).rejects.toThrow('error dialing backend');
    });
  },
);

function manifest(replicas: number, value: string): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: hello }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: hello } }
  template:
    metadata: { labels: { app: hello } }
    spec:
      containers:
        - { name: hello, image: hello, env: [{ name: A, value: "${value}" }] }
---
apiVersion: v1
kind: Service
metadata: { name: hello }
spec: { selector: { app: hello }, ports: [{ port: 80 }] }
`;
}
