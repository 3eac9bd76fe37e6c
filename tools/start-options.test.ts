import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadMessages, messageTags } from '../proxies/kit/messages.ts';
import { startOptions } from './start-options.ts';

test('without options, the site is on localhost', () => {
  expect(startOptions([])).toEqual({
    host: 'localhost',
    port: 4321,
    names: ['localhost'],
    kubeconfigPath: undefined,
    fresh: false,
  });
});

test('options can be written both ways, and names add up', () => {
  const args = ['--port', '0', '--host=0.0.0.0', '--name', 'a.test', '--name=b.test'];
  expect(startOptions([...args, '--fresh', '--kubeconfig', 'mine.yaml'])).toEqual({
    host: '0.0.0.0',
    port: 0,
    names: ['0.0.0.0', 'a.test', 'b.test'],
    kubeconfigPath: resolve('mine.yaml'),
    fresh: true,
  });
});

const wrong = [
  [['--foo'], 'start.unknown-option', '--foo'],
  [['--foo=1'], 'start.unknown-option', '--foo'],
  [['-x'], 'start.unknown-option', '-x'],
  [['8080'], 'start.unknown-option', '8080'],
  [['--port'], 'start.missing-value', '--port'],
  [['--kubeconfig', '--host=a.test'], 'start.missing-value', '--kubeconfig'],
  [['--port', 'abc'], 'start.bad-port', 'abc'],
  [['--port=70000'], 'start.bad-port', '70000'],
] as const;

test.for(wrong)('what is wrong with %j is %s', ([args, key, named]) => {
  const problem = startOptions(Array.from(args));
  expect(problem).toMatchObject({ key });
  if (!('key' in problem)) return;
  for (const tag of messageTags) {
    const text = loadMessages(tag).say(problem.key, problem.values);
    expect(text, tag).toContain(named);
    expect(text, tag).not.toContain('{{');
  }
});
