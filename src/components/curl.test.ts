import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { apiserverLoadBalancer } from '../../proxies/apiserver-load-balancer/descriptor.ts';
import { apiserverProxy } from '../../proxies/apiserver-proxy/descriptor.ts';
import { cloudLoadBalancer } from '../../proxies/cloud-load-balancer/descriptor.ts';
import { isTransportExample } from '../../proxies/descriptor.ts';
import { kubectlProxy } from '../../proxies/kubectl-proxy/descriptor.ts';
import { pagesDoorOrigin } from '../pages-door.ts';
import { curl, kubectl } from './curl.ts';
import { origin } from './origin.ts';

const at = origin(kubectlProxy);
const example = (name: string) => {
  const found = kubectlProxy.examples.find(({ id }) => id === `kubectl-proxy.${name}`);
  if (!found || isTransportExample(found)) throw new Error(name);
  return found;
};

describe('an example as curl', () => {
  it('goes where the proxy listens by default', () => {
    expect(curl(example('version'), kubectlProxy)).toBe('curl http://127.0.0.1:8001/version');
  });

  it('shows a stream as it comes', () => {
    expect(curl(example('watch-pods'), kubectlProxy)).toMatch(/^curl -N '/);
  });

  it('names the method where curl would choose another', () => {
    expect(curl(example('exec-refused'), kubectlProxy)).toContain('-X POST');
    expect(curl(example('create-dry-run'), kubectlProxy)).not.toContain('-X');
  });

  it('reaches curl word by word through a shell', () => {
    const { request } = example('create-dry-run');
    const script = curl(example('create-dry-run'), kubectlProxy).replace(/^curl/, `printf '%s\\n'`);
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

it('goes to the door of a Service that has an address outside', () => {
  const found = cloudLoadBalancer.examples.find(({ id }) => id === 'cloud-load-balancer.http');
  if (!found || isTransportExample(found)) throw new Error('there is no such example');
  expect(curl(found, cloudLoadBalancer)).toBe(`curl ${pagesDoorOrigin}/`);
  expect(kubectl(found, cloudLoadBalancer)).toBeNull();
});

describe('an example of a proxy that wants to know who asks', () => {
  const secure = (name: string) => {
    const found = apiserverProxy.examples.find(({ id }) => id === `apiserver-proxy.${name}`);
    if (!found || isTransportExample(found)) throw new Error(name);
    return found;
  };
  const wordsOf = (command: string) => {
    const script = command.replace(/^curl/, `printf '%s\\n'`);
    const env = { ...process.env, APISERVER: 'https://192.0.2.1:6443', TOKEN: 'secret' };
    return execFileSync('sh', ['-c', script], { encoding: 'utf8', env }).trimEnd().split('\n');
  };

  it('leaves to the reader where and as whom', () => {
    const { request } = secure('service');
    const words = wordsOf(curl(secure('service'), apiserverProxy));
    expect(words).toContain(`https://192.0.2.1:6443${request.path}`);
    expect(words).toContain('Authorization: Bearer secret');
    expect(words).toContain('ca.crt');
  });

  it('reaches the apiservers behind what passes TLS on in the same way', () => {
    const found = apiserverLoadBalancer.examples.find(({ id }) => id.endsWith('.version'));
    if (!found || isTransportExample(found)) throw new Error('version');
    expect(wordsOf(curl(found, apiserverLoadBalancer))).toContain('https://192.0.2.1:6443/version');
    expect(kubectl(found, apiserverLoadBalancer)).toBe('kubectl get --raw /version');
  });

  it('brings no token where nobody asks', () => {
    expect(curl(secure('nobody'), apiserverProxy)).not.toContain('TOKEN');
    expect(kubectl(secure('nobody'), apiserverProxy)).toBeNull();
  });

  it('asks for a WebSocket, and shows what comes as it comes', () => {
    const words = wordsOf(curl(secure('websocket'), apiserverProxy));
    expect(words).toEqual(expect.arrayContaining(['-N', '--http1.1', 'Upgrade: websocket']));
    expect(wordsOf(curl(secure('events'), apiserverProxy))).toContain('-N');
  });

  it('has a twin for kubectl where kubectl can say the same', () => {
    expect(kubectl(secure('pod'), apiserverProxy)).toBe(
      'kubectl get --raw /api/v1/namespaces/default/pods/web-0/proxy/hello',
    );
    expect(kubectl(secure('events'), apiserverProxy)).toMatch(/^kubectl get --raw '\/.*'$/);
    expect(kubectl(secure('websocket'), apiserverProxy)).toBeNull();
    expect(kubectl(secure('page-untouched'), apiserverProxy)).toBeNull();
    expect(kubectl(example('version'), kubectlProxy)).toBeNull();
  });
});
