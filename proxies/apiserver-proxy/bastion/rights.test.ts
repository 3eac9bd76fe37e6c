import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { rights, rulesOf } from './rights.ts';

const rules = rights.map(({ group, resource, verbs }) => ({
  apiGroups: [group],
  resources: [resource],
  verbs,
}));

it('is what the manifest gives, no more and no less', async () => {
  const file = new URL('../../../deploy/apiserver-proxy.yaml', import.meta.url);
  const objects = parseAllDocuments(await readFile(file, 'utf8')).map(
    (document) => document.toJS() as unknown,
  );
  expect(objects).toContainEqual(expect.objectContaining({ kind: 'ClusterRole', rules }));
});

it('is written as the rules of a role', () => {
  expect(parse(rulesOf(rights))).toEqual(rules);
});
