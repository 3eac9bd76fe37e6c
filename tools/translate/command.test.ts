import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { loadMessages } from '../../proxies/kit/messages.ts';
import { command } from './command.ts';
import { altered, contentFixture } from './content-fixture.ts';

/** Runs `hop translate` and returns its exit status and output. */
async function translate(...argv: string[]) {
  const output = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof output) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        output[name] += String(chunk);
        done();
      },
    });
  const status = await command.run(argv, {
    env: {},
    stdin: process.stdin,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    messages: loadMessages('en'),
    isHinting: false,
  });
  return { status, ...output };
}

test('check says so when there is nothing to mend', async () => {
  using fixture = contentFixture();
  expect(await translate('check', `--content=${fixture.root}`)).toMatchObject({
    status: 0,
    stdout: 'Nothing to mend in en, it.\n',
  });
});

test('check names each thing to mend on a line, and exits with 1', async () => {
  using fixture = contentFixture(altered('docs/it/index.mdx', '/it/', '/en/'));
  const { status, stdout } = await translate('check', `--content=${fixture.root}`);
  expect(status).toBe(1);
  expect(stdout).toMatch(/docs\/it\/index\.mdx:6: \[links\] .*\n1 to mend\.\n$/u);
});

test('check looks at what is named only', async () => {
  using fixture = contentFixture(altered('docs/it/index.mdx', '/it/', '/en/'));
  const { status } = await translate('check', `--content=${fixture.root}`, 'kubectl-proxy');
  expect(status).toBe(0);
});

test('status is a table and the work that is left', async () => {
  using fixture = contentFixture({ 'messages/it/interface.json': '{}' });
  const { status, stdout } = await translate('status', `--content=${fixture.root}`);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^it +0 +5 +0 +0 +0 +2 +2$/mu);
  expect(stdout).toContain('\n  stale    kubectl-proxy#filter\n');
  expect(stdout).toContain('\n  missing  interface:run\n');
});

test('status --json is for programs', async () => {
  using fixture = contentFixture();
  const { stdout } = await translate('status', '--json', `--content=${fixture.root}`);
  expect(JSON.parse(stdout)).toMatchObject([
    { locale: 'it', sections: { current: 0, stale: 5, missing: 0 }, findings: 0 },
    { locale: 'pt-br', sections: { current: 0, stale: 0, missing: 5 } },
  ]);
});

test('stamp exits with 1 when it refuses something', async () => {
  using fixture = contentFixture(altered('docs/it/index.mdx', '/it/', '/en/'));
  const { status, stdout } = await translate('stamp', '--locale=it', `--content=${fixture.root}`);
  expect(status).toBe(1);
  expect(stdout).toMatch(/it: 6 stamped, 1 to mend first\.\n$/u);
});

test.each([
  [['mend'], 'unknown command: mend'],
  [['check', '--locale=de'], 'unknown locale: de'],
  [['stamp', 'nowhere'], 'no page, section, namespace, message or file is called nowhere'],
  [['check', '--nope'], 'unknown flag: --nope'],
])('%j is answered with what is wrong', async (argv, message) => {
  const { status, stderr } = await translate(...argv);
  expect(status).toBe(1);
  expect(stderr).toBe(`error: ${message}\nSee 'hop translate --help' for usage.\n`);
});

test('--help shows every verb', async () => {
  const { status, stdout } = await translate('--help');
  expect(status).toBe(0);
  for (const verb of ['check', 'status', 'stamp'])
    expect(stdout).toContain(`hop translate ${verb}`);
});
