import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.ts';
import { locate } from './location.ts';

const pod = (containers: readonly string[], rest: object = {}): ApiObject => ({
  metadata: { name: 'web-0', namespace: 'default', ...rest },
  spec: { containers: containers.map((name) => ({ name })), initContainers: [{ name: 'init' }] },
});

describe("the kubelet's paths", () => {
  it.each([
    [
      'exec',
      'stdout=true&stderr=1&command=ls&command=-l',
      '/exec/default/web-0/web?command=ls&command=-l&output=1&error=1',
    ],
    [
      'exec',
      'stdin=true&tty=true&stdout=false&command=a%20b',
      '/exec/default/web-0/web?command=a+b&input=1&tty=1',
    ],
    ['attach', 'container=init&stdout=true', '/attach/default/web-0/init?output=1'],
    ['portforward', 'ports=80&ports=443', '/portForward/default/web-0?port=80%2C443'],
    ['portforward', '', '/portForward/default/web-0'],
    [
      'log',
      'follow=true&tailLines=5&pretty=true',
      '/containerLogs/default/web-0/web?follow=true&tailLines=5',
    ],
    ['log', 'previous=false', '/containerLogs/default/web-0/web'],
  ])('%s %s', (subresource, query, path) => {
    expect(locate(subresource, pod(['web']), new URLSearchParams(query))).toBe(path);
  });

  it('asks for a container where there are several, unless the pod prefers one', () => {
    expect(() => locate('log', pod(['a', 'b']), new URLSearchParams())).toThrow(
      'a container name must be specified for pod web-0, choose one of: [a b] or one of the init containers: [init]',
    );
    const annotations = { 'kubectl.kubernetes.io/default-container': 'b' };
    expect(locate('exec', pod(['a', 'b'], { annotations }), new URLSearchParams())).toBe(
      '/exec/default/web-0/b',
    );
    expect(() => locate('exec', pod(['a']), new URLSearchParams('container=x'))).toThrow(
      'container x is not valid for pod web-0',
    );
  });
});
