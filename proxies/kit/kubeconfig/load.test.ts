import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKubeconfig } from './load.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-kubeconfig-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

const user = (name: string, token: string) => `users: [{name: ${name}, user: {token: ${token}}}]`;

describe('kubeconfig files are loaded as specification 1.8 says', () => {
  it('merges whole entries, the first file first', async () => {
    const a = await file('a', `current-context: from-a\n${user('shared', 'a')}`);
    const b = await file(
      'b',
      `current-context: from-b\nusers:\n- {name: shared, user: {token: b, username: never}}\n- {name: only-b, user: {token: only-b}}`,
    );
    const merged = loadKubeconfig('', { KUBECONFIG: `:${a}:${b}:${a}:/nowhere/at/all` });
    expect(merged.currentContext).toBe('from-a');
    expect(merged.users.get('shared')).toMatchObject({ token: 'a', username: '' });
    expect(merged.users.get('only-b')?.token).toBe('only-b');
  });

  it('reads the explicit file alone', async () => {
    const a = await file('a', user('a', 'a'));
    const b = await file('b', user('b', 'b'));
    expect([...loadKubeconfig(b, { KUBECONFIG: a }).users.keys()]).toEqual(['b']);
  });

  it('takes a missing file of the list for nothing, and an explicit one for an error', () => {
    expect(loadKubeconfig('', { KUBECONFIG: '/nowhere' }).users.size).toBe(0);
    expect(() => loadKubeconfig('/nowhere', {})).toThrow(
      'stat /nowhere: no such file or directory',
    );
  });

  it('resolves paths against the file they are written in', async () => {
    const path = await file(
      'a',
      'clusters: [{name: c, cluster: {certificate-authority: pki/ca.crt}}]\nusers: [{name: u, user: {tokenFile: ../token, exec: {apiVersion: x, command: ./plugin}}}, {name: v, user: {exec: {apiVersion: x, command: plugin}}}]',
    );
    const { clusters, users } = loadKubeconfig(path, {});
    expect(clusters.get('c')?.certificateAuthority).toBe(join(directory, 'pki/ca.crt'));
    expect(users.get('u')).toMatchObject({
      tokenFile: join(directory, '../token'),
      exec: { command: join(directory, 'plugin') },
    });
    expect(users.get('v')?.exec?.command).toBe('plugin');
  });

  it.for([
    ['clusters: [\n  oops\n', "yaml: line 2: did not find expected ',' or ']'"],
    ['a: b: c\n', 'yaml: mapping values are not allowed in this context'],
    [
      user('a', '123'),
      'json: cannot unmarshal number into Go struct field AuthInfo.users.user.token of type string',
    ],
    [
      'clusters: {a: b}',
      'json: cannot unmarshal object into Go struct field Config.clusters of type []v1.NamedCluster',
    ],
    ['a: *nope', "yaml: unknown anchor 'nope' referenced"],
    [
      'kind: Pod',
      'no kind "Pod" is registered for version "v1" in scheme "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"',
    ],
  ] as const)('%j is refused in upstream’s words', async ([text, problem]) => {
    const path = await file('broken', text);
    expect(() => loadKubeconfig(path, {})).toThrow(
      expect.objectContaining({ message: `error loading config file "${path}": ${problem}` }),
    );
  });
});
