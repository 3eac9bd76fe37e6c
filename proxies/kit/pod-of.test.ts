import { describe, expect, it } from 'vitest';
import { podOf } from './pod-of.ts';

describe('podOf', () => {
  it.each([
    ['a line protocol', 'hello pod=platform/echo-1 node=node-2 self=10.244.2.3:7070 peer=…\n'],
    ['text for people', 'HTTP/1.1 200 OK\r\n\r\nPod: platform/echo-1 on node-2\nAddress: …'],
  ])('reads the pod from %s', (_, answer) => {
    expect(podOf(answer)).toBe('platform/echo-1');
  });

  it('has the name alone where the bytes of a request are shown', () => {
    expect(podOf('HTTP/1.1 200 OK\r\n\r\n[echo-1 10.244.2.3:8080 tls=no]\nGET / …')).toBe('echo-1');
  });

  it('knows nothing of an answer that says nothing', () => {
    expect(podOf('pods are fine\n')).toBeNull();
  });
});
