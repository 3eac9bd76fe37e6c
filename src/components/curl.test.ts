import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { kubectlProxy } from '../../proxies/kubectl-proxy/descriptor.ts';
import { curl } from './curl.ts';
import { origin } from './origin.ts';

const at = origin(kubectlProxy);
const example = (name: string) => {
  const found = kubectlProxy.examples.find(({ id }) => id === `kubectl-proxy.${name}`);
  if (!found) throw new Error(name);
  return found;
};

describe('an example as curl', () => {
  it('goes where the proxy listens by default', () => {
    expect(curl(example('version'), at)).toBe('curl http://127.0.0.1:8001/version');
  });

  it('shows a stream as it comes', () => {
    expect(curl(example('watch-pods'), at)).toMatch(/^curl -N '/);
  });

  it('names the method where curl would choose another', () => {
    expect(curl(example('exec-refused'), at)).toContain('-X POST');
    expect(curl(example('create-dry-run'), at)).not.toContain('-X');
  });

  it('reaches curl word by word through a shell', () => {
    const { request } = example('create-dry-run');
    const script = curl(example('create-dry-run'), at).replace(/^curl/, `printf '%s\\n'`);
    const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
    expect(words).toEqual([
      `${at}${request.path}`,
      '-H',
      'Content-Type: application/json',
      '-d',
      request.protocol === 'http' ? request.body : '',
    ]);
  });
});
