import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { directory, fixedFile, FileSystem } from './file-system.ts';
import { runScript, type Interpreter } from './interpreter.ts';
import { ShellExit, type Sink } from './program.ts';

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(script: string, input = '', signal?: AbortSignal): Promise<Outcome> {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err'): Sink => ({
    write: async (chunk) => {
      written[name] += chunk.toString();
    },
  });
  const stdin = new PassThrough();
  stdin.end(input);
  const files = new FileSystem(
    directory([
      ['etc', directory([['motd', fixedFile('one\ntwo\nthree\n')]])],
      ['readonly', directory([['a', fixedFile('a')]], true)],
      ['tmp', directory()],
      ['root', directory()],
    ]),
    { bytes: 10_000, entries: 40 },
  );
  const shell: Interpreter = {
    files,
    isTerminal: false,
    signal: signal ?? new AbortController().signal,
    state: {
      variables: new Map([
        ['HOME', '/root'],
        ['GREETING', 'hello  world'],
      ]),
      parameters: ['sh', 'first', 'second one'],
      directory: '/tmp',
      lastStatus: 0,
    },
    world: {
      hostname: 'web-0',
      addresses: ['127.244.1.2'],
      nodeName: 'node-1',
      program: 'echo',
      startedAt: new Date(0),
      nameservers: [],
      resolve: async (name) => (name === 'silent' ? undefined : []),
    },
  };
  const io = { stdin, stdout: sink('out'), stderr: sink('err') };
  const status = await runScript(script, io, shell).catch((error: unknown) => {
    if (error instanceof ShellExit) return error.status;
    throw error;
  });
  return { status, ...written };
}

describe('the shell', () => {
  it.each([
    ['echo a  b', 'a b\n'],
    [`echo 'a  b' "c  d"`, 'a  b c  d\n'],
    ['echo $GREETING', 'hello world\n'],
    ['echo "$GREETING"', 'hello  world\n'],
    [`echo '$GREETING' \\$HOME`, '$GREETING $HOME\n'],
    ['echo ${MISSING:-none} ${HOME}x', 'none /rootx\n'],
    ['A=1; echo $A; unset A; echo "[$A]"', '1\n[]\n'],
    ['A=2 env | grep ^A=', 'A=2\n'],
    ['echo $# $1 "$2"', '2 first second one\n'],
    ['for p in "$@"; do echo "<$p>"; done', '<first>\n<second one>\n'],
    ['echo $(echo a; echo b) `echo c`', 'a b c\n'],
    ['true && echo yes || echo no', 'yes\n'],
    ['false && echo yes || echo no', 'no\n'],
    ['! false && echo negated', 'negated\n'],
    ['false; echo $?', '1\n'],
    ['cat /etc/motd | head -n 2 | tail -1', 'two\n'],
    ['cat < /etc/motd | wc -l', '3\n'],
    ['echo a > f; echo b >> f; cat f', 'a\nb\n'],
    ['ls /missing 2>&1 | cat', 'ls: /missing: No such file or directory\n'],
    ['ls /missing > all 2>&1; cat all', 'ls: /missing: No such file or directory\n'],
    ['(cd /etc; pwd); pwd', '/etc\n/tmp\n'],
    ['{ echo a; echo b; } | wc -l', '2\n'],
    ['if [ -d /etc ]; then echo dir; elif true; then echo x; else echo y; fi', 'dir\n'],
    ['i=0; while [ $i != xxx ]; do i=${i}x; i=${i#0}; done; echo done', undefined],
    ['touch b.txt a.txt; echo *.txt "*.txt"', 'a.txt b.txt *.txt\n'],
    ["touch a.txt; echo '*.txt'", '*.txt\n'],
    ['echo nothing.*', 'nothing.*\n'],
    ["sh -c 'echo $0 $1' name value", 'name value\n'],
    ["echo 'echo from input' | sh", 'from input\n'],
    ['echo a # comment', 'a\n'],
    ['printf "%s-%d\\n" a 1 b 2', 'a-1\nb-2\n'],
    ['seq 3 | sort -rn | cut -c1', '3\n2\n1\n'],
    ['mkdir -p d/e; echo x > d/e/f; cp -r d g; rm -r d; cat g/e/f; mv g h; ls h', 'x\ne\n'],
    ['grep -c o /etc/motd', '2\n'],
    ["grep -n '^t' /etc/motd", '2:two\n3:three\n'],
    ["grep -E '^(t(w|hr).*)*$' /etc/motd", 'two\nthree\n'],
    ["grep 't\\(wo\\|hre\\)\\{1\\}' /etc/motd", 'two\nthree\n'],
    ['echo tw two | grep -w two; echo twos | grep -w two', 'tw two\n'],
    ["echo a.b | grep -Fw 'a.b'", 'a.b\n'],
    ['tar cf - /etc | tar tf -', 'etc/\netc/motd\n'],
    ['tar cf t.tar -C /etc motd; mkdir u; tar xf t.tar -C u; cat u/motd | tail -n1', 'three\n'],
    ['hostname; whoami; id -u', 'web-0\nroot\n0\n'],
    ['which cat nothing', '/bin/cat\n'],
  ])('%s', async (script, expected) => {
    const { out, err, status } = await run(script);
    if (expected === undefined) {
      // What this shell does not know, it says.
      expect(status).toBe(2);
      expect(err).toContain('bad substitution');
      return;
    }
    expect(out).toBe(expected);
  });

  it.each([
    ['exit 3', 3, ''],
    ['(exit 4); echo no >&2; exit 5', 5, 'no\n'],
    ['nope', 127, 'sh: nope: not found\n'],
    ['/etc/motd', 126, 'sh: /etc/motd: Permission denied\n'],
    ['cat /missing', 1, "cat: can't open '/missing': No such file or directory\n"],
    ['cat /etc', 1, 'cat: read error: Is a directory\n'],
    ['echo x > /readonly/a', 1, "sh: can't create /readonly/a: Read-only file system\n"],
    ['echo x > /no/where', 1, "sh: can't create /no/where: nonexistent directory\n"],
    ['rm /etc', 1, "rm: can't remove '/etc': Is a directory\n"],
    ['cd /missing', 2, "cd: can't cd to /missing: No such file or directory\n"],
    ["echo 'open", 2, 'sh: syntax error: unterminated quoted string\n'],
    ['fi', 2, 'sh: syntax error: unexpected "fi"\n'],
    ['wget http://93.184.215.14/', 1, /Network is unreachable/],
    ['wget http://127.0.0.2/', 1, /Network is unreachable/],
    ['wget http://[::ffff:127.0.0.1]/', 1, /Network is unreachable/],
    ['curl http://name-that-is-nowhere/', 6, /Could not resolve host/],
    ['nslookup web', 1, /NXDOMAIN/],
    ['nslookup silent 1>&2', 1, /^;; connection timed out; no servers could be reached\n\n$/],
    ['wget silent', 1, /bad address 'silent'/],
  ])('%s ends with %i', async (script, status, message) => {
    const outcome = await run(script);
    expect(outcome.status).toBe(status);
    if (typeof message === 'string') expect(outcome.err).toBe(message);
    else expect(outcome.err).toMatch(message);
  });

  it('holds no more than its files may', async () => {
    const { status, err } = await run('seq 1 20000 > big');
    expect(status).toBe(1);
    expect(err).toBe('seq: No space left on device\n');
  });

  it('ends an endless loop when it is told to', async () => {
    const stopping = new AbortController();
    const running = run('while true; do true; done', '', stopping.signal);
    setImmediate(() => stopping.abort());
    await expect(running).rejects.toThrow('aborted');
  });

  it.each([
    `f=${'a'.repeat(200)}; touch $f; echo ${'*a'.repeat(20)}*b | wc -c`,
    `echo ${'a'.repeat(200)} | grep -cE '${'(a*)*'.repeat(3)}b'`,
    `echo ${'ab'.repeat(2000)} | grep -E '(a|b)*a(a|b){200}c'`,
  ])('is not held up by %s', { timeout: 2000 }, async (script) => {
    const begun = performance.now();
    await run(script);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('gives its input to commands', async () => {
    expect((await run('cat | sort', 'b\na\n')).out).toBe('a\nb\n');
  });
});
