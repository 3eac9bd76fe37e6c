import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`the commands of the page (${reason ?? 'to be had here'})`, () => {
  let answers: unknown;
  beforeAll(async () => {
    answers = await runInNamespace(new URL('testing/answer-questions.ts', import.meta.url));
  });

  it.each([
    ['whose-address', '"shop/service-9:http" : goto pick-3'],
    ['where-to', '10.102.0.10 . 8080'],
    ['node-ports', 'tcp . 30080 comment "shop/service-9:http" : goto pick-nodeport-3'],
    ['refused', '"shop/returns:http" : goto reject-chain'],
    ['guarded', '203.0.113.1 . tcp . 80 . 192.0.2.0/24'],
    ['sticky', 'timeout'],
    ['masqueraded', 'jump mark-external'],
    ['all', 'table ip6 kube-proxy'],
  ])('answer the question “%s”', (id, words) => {
    expect(answers).toMatchObject({ [id]: expect.stringContaining(words) as unknown });
  });
});
