import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const page = 'docs/it/kubectl-proxy.mdx';
const messages = 'messages/it/interface.json';

test('a translated flag is found', () => {
  expect(findings('inline-code', altered(page, '`--port`', '`--porta`'))).toEqual([
    `${page}:6 \`--port\` | \`--porta\``,
  ]);
});

test('code that lost its backticks is found in a message', () => {
  expect(findings('inline-code', altered(messages, '`{{command}}`', '{{command}}'))).toEqual([
    `${messages}:2 \`{{command}}\` | none`,
  ]);
});
