import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAuthority } from '../pki/authority.ts';
import { readAuthorityFile } from './authority-file.ts';

let directory: string;
let pem: string;
const file = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-authorities-'));
  pem = (await createAuthority('one')).certificatePem;
  const none = '-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n';
  await writeFile(file('whole'), pem + pem);
  await writeFile(file('half'), pem + none);
  await writeFile(file('text'), 'no PEM\n');
});
afterAll(() => rm(directory, { recursive: true }));

it('reads what a flag names, and nothing where it names nothing', async () => {
  expect(await readAuthorityFile(file('whole'), 'clients')).toBe(pem + pem);
  expect(await readAuthorityFile('', 'servers')).toBeUndefined();
});

it.each([
  ['text', 'clients', 'unable to load client CA provider: data does not contain any valid RSA'],
  ['half', 'clients', 'unable to load client CA provider: data does not contain any valid RSA'],
  ['text', 'servers', 'unable to load root certificates: unable to parse bytes as PEM block'],
  ['half', 'servers', 'unable to load root certificates: unable to parse bytes as PEM block'],
] as const)('takes no %s for authorities of %s', async (name, whose, message) => {
  await expect(readAuthorityFile(file(name), whose)).rejects.toMatchObject({
    name: 'ConfigurationError',
    hint: 'bad-ca',
    values: { path: file(name) },
    message: expect.stringMatching(`^${message}.*: ${file(name)}$`) as string,
  });
});
