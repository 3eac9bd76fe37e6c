import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../proxies/kit/pki/authority.ts';
import { writeKubeconfig, base64 } from '../kubeconfig.ts';
import { kubectl, missingKubectl } from '../testing/kubectl.ts';

/** On a busy machine a process takes its time. */
const patienceMs = 60_000;

const hop = fileURLToPath(new URL('../../tools/hop.ts', import.meta.url));
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-apiserver-'));
  await writeFile(join(directory, 'tokens.csv'), 'root,admin,1,"system:masters"\njt,jane,2,dev\n');
  await writeFile(join(directory, 'short.csv'), 'token,user\n');
  const none = '-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n';
  await writeFile(join(directory, 'half.crt'), (await createAuthority('a')).certificatePem + none);
});
afterAll(() => rm(directory, { recursive: true }));

function start(...flags: readonly string[]) {
  const argv = [hop, 'apiserver', `--cert-dir=${directory}`, '--bind-address=127.0.0.1', ...flags];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
}

it.each([
  [['--nope'], 'unknown flag: --nope'],
  [['--token-auth-file=/nope.csv'], 'open /nope.csv: no such file or directory'],
  [['--token-auth-file=short.csv'], 'must have at least 3 columns'],
  [['--authorization-mode=ABAC'], 'authorization-mode "ABAC" is not a valid mode'],
  [['--tls-cert-file=x'], 'cert/key file must be both set or both unset'],
  [
    ['--proxy-client-cert-file=x'],
    'cert/key file must be both set or both unset: --proxy-client-cert-file, --proxy-client-key-file',
  ],
  [['--client-ca-file=half.crt'], 'does not contain any valid RSA or ECDSA certificates: half.crt'],
  [['--cert-dir=/proc/x'], 'open /proc/x: no such file or directory'],
  [['--cert-dir=/proc/x/y'], 'open /proc/x/y: no such file or directory'],
])(
  'says what is wrong with %s',
  (flags, message) => {
    const argv = [hop, 'apiserver', `--cert-dir=${directory}`, '--secure-port=0', ...flags];
    const { status, stderr } = spawnSync(process.execPath, argv, {
      cwd: directory,
      encoding: 'utf8',
      env: { LANG: 'C' },
      timeout: patienceMs / 2,
      killSignal: 'SIGKILL',
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
  },
  patienceMs,
);

it(
  'says that its port is taken',
  async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const child = start(`--secure-port=${port}`);
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child, 'exit');
    other.close();
    expect(stderr).toContain(`listen tcp 127.0.0.1:${port}: bind: address already in use`);
  },
  patienceMs,
);

const missing = missingKubectl();

describe('alone', () => {
  it.skipIf(missing !== undefined)(
    'serves kubectl until it is told to stop',
    async () => {
      const child = start('--secure-port=0', `--token-auth-file=${join(directory, 'tokens.csv')}`);
      const [{ address }] = (await once(child, 'message')) as [{ readonly address: string }];
      const ca = await readFile(join(directory, 'apiserver.crt'), 'utf8');
      const cluster = { server: `https://${address}`, 'certificate-authority-data': base64(ca) };
      const [admin, jane] = [join(directory, 'admin'), join(directory, 'jane')];
      await writeKubeconfig(admin, { cluster, user: { token: 'root' } });
      await writeKubeconfig(jane, { cluster, user: { token: 'jt' } });
      const run = async (config: string, ...args: readonly string[]) =>
        (await kubectl(config, ...args)).stdout;

      expect(await run(admin, 'auth', 'can-i', 'delete', 'nodes')).toBe('yes\n');
      await expect(run(jane, 'auth', 'can-i', 'get', 'pods')).rejects.toThrow();
      await run(admin, 'create', 'rolebinding', 'jane', '--clusterrole=view', '--user=jane');
      expect(await run(jane, 'auth', 'can-i', 'get', 'pods')).toBe('yes\n');
      expect(await run(jane, 'auth', 'can-i', '--list')).toMatch(
        /pods\/log +\[\] +\[\] +\[get list watch\]/,
      );
      await run(admin, 'create', 'serviceaccount', 'ci');
      expect(await run(admin, 'create', 'token', 'ci')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\s*$/);

      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
    },
    patienceMs,
  );
});
