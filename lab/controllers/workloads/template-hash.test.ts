import { describe, expect, it } from 'vitest';
import { hashOf, isSameTemplate } from './template-hash.ts';

const container = { name: 'app', image: 'echo' };
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };

describe('a template', () => {
  it('is the same with what a client that writes protobuf adds to say nothing', () => {
    const wordy = {
      metadata: { ...template.metadata, generation: 0 },
      spec: {
        hostNetwork: false,
        hostPID: false,
        hostIPC: false,
        hostname: '',
        containers: [{ ...container, stdin: false, stdinOnce: false, tty: false, env: null }],
      },
    };
    expect(isSameTemplate(template, wordy)).toBe(true);
    expect(hashOf(wordy)).toBe(hashOf(template));
  });

  it.each([
    { automountServiceAccountToken: false },
    { terminationGracePeriodSeconds: 0 },
    { securityContext: { runAsUser: 0 } },
  ])('is another one with a nothing that says something: %j', (spec) => {
    const other = { ...template, spec: { ...template.spec, ...spec } };
    expect(isSameTemplate(template, other)).toBe(false);
  });
});
