import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const page = 'docs/it/kubectl-proxy.mdx';

test('a changed line is found, with its place', () => {
  expect(findings('code-fences', altered(page, '--port=0\n', '--port=1\n'))).toEqual([
    `${page}:15 "kubectl proxy --port=0" | "kubectl proxy --port=1"`,
  ]);
});

test('another language of the code is found', () => {
  expect(findings('code-fences', altered(page, '```sh title="Prova"', '```bash'))).toEqual([
    `${page}:14 "\`\`\`sh" | "\`\`\`bash"`,
  ]);
});

test('a lost block is found', () => {
  const changes = altered(page, '```sh title="Prova"\nkubectl proxy --port=0\n```\n', '');
  expect(findings('code-fences', changes)).toEqual([`${page}:8 1 code blocks | 0`]);
});

test('a comment line may be translated, and must stay', () => {
  const commented = (comment: string, path: string) =>
    altered(path, 'kubectl proxy --port=0', `${comment}kubectl proxy --port=0`);
  const english = commented('# any port\n', 'docs/en/kubectl-proxy.mdx');
  const translated = commented('# una porta qualsiasi\n', page);
  expect(findings('code-fences', { ...english, ...translated })).toEqual([]);
  expect(findings('code-fences', english)).toHaveLength(1);
});
