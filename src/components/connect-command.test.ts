import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { isTransportExample, type TransportExample } from '../../proxies/descriptor.ts';
import { kubeProxy } from '../../proxies/kube-proxy/descriptor.ts';
import { connectCommand } from './connect-command.ts';

const example = (name: string): TransportExample => {
  const found = kubeProxy.examples.find(({ id }) => id === `kube-proxy.${name}`);
  if (!found || !isTransportExample(found)) throw new Error(name);
  return found;
};

/** What the last command of the pipe would read, if it were `cat`. */
const sent = (command: string): string =>
  execFileSync('sh', ['-c', command.replace(/\| .*$/, '| cat')], { encoding: 'utf8' });

describe('an example below HTTP as a command', () => {
  test('connects from a pod, by the name of the Service', () => {
    const command = connectCommand(example('tcp'));
    expect(command).toBe(
      String.raw`printf 'Hello\nHop by hop\n' | kubectl exec -i web-0 -- nc echo.platform 7`,
    );
    expect(sent(command)).toBe('Hello\nHop by hop\n');
  });

  test('says each byte, line ends and all', () => {
    const { request } = example('http');
    expect(sent(connectCommand(example('http')))).toBe(request.messages.join(''));
  });

  test.each([
    ['udp', 'nc -u'],
    ['sctp', 'ncat --sctp signalling.platform 9999'],
    ['node-port', 'nc "$NODE" "$NODE_PORT"'],
  ])('%s takes %s', (name, client) => {
    expect(connectCommand(example(name))).toContain(client);
  });

  test('says so often what is to be said so often', () => {
    const command = connectCommand(example('whoami'))
      .replace('kubectl exec web-0 --', '')
      .replace('| nc echo.platform 7', '');
    const said = execFileSync('sh', ['-c', command], { encoding: 'utf8' });
    expect(said).toBe('whoami\n'.repeat(12));
  });
});
