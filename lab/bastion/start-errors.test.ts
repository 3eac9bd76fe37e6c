import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64, writeKubeconfig } from '../kubeconfig.ts';
import { failToStart } from './testing/bastion-process.ts';
import { startBastionCluster, type BastionCluster } from './testing/cluster.ts';
import { freePort } from './testing/free-port.ts';

let cluster: BastionCluster;
const file = (name: string) => join(cluster.directory, name);

beforeAll(async () => {
  cluster = await startBastionCluster();
  const ca = base64(cluster.apiserver.caPem);
  const here = { server: cluster.apiserver.server, 'certificate-authority-data': ca };
  const away = { server: `https://127.0.0.1:${await freePort()}` };
  await writeKubeconfig(file('weak'), { cluster: here, user: { token: 'nobody' } });
  await writeKubeconfig(file('stranger'), { cluster: here, user: { token: 'wrong' } });
  await writeKubeconfig(file('away'), { cluster: away, user: { token: 'x' } });
  await writeKubeconfig(file('other-ca'), {
    cluster: { ...here, 'certificate-authority-data': base64(cluster.serving.certificatePem) },
    user: { token: 'x' },
  });
  await writeFile(file('text'), 'no PEM\n');
  const none = '-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n';
  await writeFile(file('half'), cluster.serving.certificatePem + none);
});
afterAll(() => cluster[Symbol.asyncDispose]());

describe('it does not start, and says why', () => {
  it.each([
    [['--nope'], 'unknown flag: --nope', 'lists the flags'],
    [['stray'], 'does not take any arguments, got ["stray"]', 'lists the flags'],
    [['--secure-port=70000'], '--secure-port 70000 must be between 0 and 65535', 'A port is'],
    [['--kubeconfig=nope'], 'stat nope: no such file or directory', '--kubeconfig names the file'],
    [['--kubeconfig=text'], 'error loading config file', '--kubeconfig names the file'],
    [['--context=nope'], 'context "nope" does not exist', '--kubeconfig names the file'],
    [['--tls-cert-file=nope'], 'open nope: no such file or directory', 'Check the path nope'],
    [['--tls-cert-file='], 'cert/key file must be both set or both unset', 'Give both files'],
    [['--tls-cert-file=text'], 'tls: failed to find any PEM data', 'must hold a certificate'],
    [
      ['--tls-private-key-file=kubelet-client.key'],
      'tls: private key does not match public key',
      'is not the key of',
    ],
    [['--client-ca-file=text'], 'does not contain any valid RSA or ECDSA', 'of authorities in PEM'],
    [['--client-ca-file=half'], 'does not contain any valid RSA or ECDSA', 'of authorities in PEM'],
    [
      ['--kubelet-certificate-authority=text'],
      'unable to load root certificates: unable to parse bytes as PEM block: text',
      'of authorities in PEM',
    ],
    [
      ['--kubelet-client-key='],
      'both unset: --kubelet-client-certificate, --kubelet-client-key',
      'Give both files, or none: then it shows no client certificate.',
    ],
    [['--bind-address=192.0.2.7'], 'cannot assign requested address', 'No interface'],
    [['--audit-log-path=/proc/x'], 'open /proc/x: no such file or directory', 'may write there'],
    [['--kubeconfig=away'], 'connect: connection refused', 'that the apiserver runs'],
    [['--kubeconfig=other-ca'], 'x509: certificate signed by unknown authority', 'address'],
    [['--kubeconfig=stranger'], 'the server answers 401: Unauthorized', 'does not know'],
  ])('with %s', async (flags, problem, hint) => {
    const { status, stderr } = await failToStart(
      [...cluster.flags, ...flags],
      { LANG: 'en_US.UTF-8' },
      cluster.directory,
    );
    const [said = '', ...hints] = stderr.replace(/^[IW]\d{4} .*\n/gm, '').split('\n');
    expect([status, said]).toEqual([1, expect.stringContaining(problem)]);
    expect(hints.join('\n')).toContain(hint);
  });

  it('where its rights do not suffice, with the rules that do', async () => {
    const { status, stderr } = await failToStart(
      [...cluster.flags, `--kubeconfig=${file('weak')}`],
      { LANG: 'en_US.UTF-8' },
    );
    expect(status).toBe(1);
    expect(stderr).toContain('cannot create tokenreviews.authentication.k8s.io at the cluster');
    expect(stderr).toContain('cannot get, list, watch endpointslices.discovery.k8s.io');
    expect(stderr).toContain('- apiGroups: ["discovery.k8s.io"]\n  resources: ["endpointslices"]');
  });

  it.each(['--secure-port', '--insecure-port'])('where its %s is taken', async (flag) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { status, stderr } = await failToStart([...cluster.flags, `${flag}=${port}`]);
    other.close();
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`listen tcp 127.0.0.1:${port}: bind: address already in use`),
    ]);
  });
});
