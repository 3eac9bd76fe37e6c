import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFlags } from './flags.ts';
import { parseGoDuration } from './go-duration.ts';

const flags = [
  { name: 'port', shorthand: 'p', type: 'int', default: 8001 },
  { name: 'www', shorthand: 'w', type: 'string', default: '' },
  { name: 'disable-filter', type: 'bool', default: false },
  { name: 'help', shorthand: 'h', type: 'bool', default: false },
  { name: 'keepalive', type: 'duration', default: '0s' },
  { name: 'as-group', type: 'strings', default: [] },
] as const;

const read = (...argv: string[]) => parseFlags(flags, argv).values;

describe('flags are read as pflag reads them', () => {
  it('keeps the defaults of what was not given', () => {
    expect(read()).toEqual({
      port: 8001,
      www: '',
      'disable-filter': false,
      help: false,
      keepalive: 0,
      'as-group': [],
    });
  });

  it.for([
    [['--port=0'], 0],
    [['--port', '0'], 0],
    [['-p', '0'], 0],
    [['-p0'], 0],
    [['-p=0'], 0],
    [['-hp0'], 0],
    [['--port', '-1'], -1],
    [['--port=0x1F'], 31],
    [['--port=017'], 15],
    [['--port=0o17'], 15],
    [['--port=0b11'], 3],
    [['--port=1_000'], 1000],
    [['--port=1', '--port=2'], 2],
  ] as const)('%j is the port %i', ([argv, port]) => {
    expect(read(...argv).port).toBe(port);
  });

  it.for([
    [['--disable-filter'], true],
    [['--disable-filter=T'], true],
    [['--disable-filter=0'], false],
    [['--disable-filter', 'false'], true],
    [['--disable_filter'], true],
    [['--', '--disable-filter'], false],
  ] as const)('%j disables the filter: %s', ([argv, isDisabled]) => {
    expect(read(...argv)['disable-filter']).toBe(isDisabled);
  });

  it('collects a repeatable flag without splitting at commas', () => {
    expect(read('--as-group=a,b', '--as-group', 'c')['as-group']).toEqual(['a,b', 'c']);
  });

  it('takes a lone equals sign after a shorthand as the value', () => {
    expect(read('-w=').www).toBe('=');
  });

  it('knows what was given, and what was not a flag', () => {
    const { given, positionals } = parseFlags(flags, ['one', '--port=8001', '--', '--two']);
    expect([...given]).toEqual(['port']);
    expect(positionals).toEqual(['one', '--two']);
  });

  it.for([
    [['--nope'], 'unknown flag: --nope'],
    [['--nope=1'], 'unknown flag: --nope'],
    [['-zfoo'], "unknown shorthand flag: 'z' in -zfoo"],
    [['--port'], 'flag needs an argument: --port'],
    [['-p'], "flag needs an argument: 'p' in -p"],
    [['--=x'], 'bad flag syntax: --=x'],
    [['---x'], 'bad flag syntax: ---x'],
    [
      ['--port=x'],
      'invalid argument "x" for "-p, --port" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      ['--port=08'],
      'invalid argument "08" for "-p, --port" flag: strconv.ParseInt: parsing "08": invalid syntax',
    ],
    [
      ['--port=99999999999999999999'],
      'invalid argument "99999999999999999999" for "-p, --port" flag: strconv.ParseInt: parsing "99999999999999999999": value out of range',
    ],
    [
      ['--disable-filter=maybe'],
      'invalid argument "maybe" for "--disable-filter" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [['--keepalive=x'], 'invalid argument "x" for "--keepalive" flag: time: invalid duration "x"'],
    [
      ['--keepalive=5'],
      'invalid argument "5" for "--keepalive" flag: time: missing unit in duration "5"',
    ],
    [
      ['--keepalive=1d'],
      'invalid argument "1d" for "--keepalive" flag: time: unknown unit "d" in duration "1d"',
    ],
  ] as const)('%j is refused: %s', ([argv, message]) => {
    expect(() => read(...argv)).toThrow(expect.objectContaining({ message: message }));
  });
});

describe("Go's durations", () => {
  it.for([
    ['1h2m', 3_720_000],
    ['1.5s', 1500],
    ['-1s', -1000],
    ['300ms', 300],
    ['.5m', 30_000],
    ['0', 0],
  ] as const)('%s is %i ms', ([text, ms]) => {
    expect(parseGoDuration(text)).toBe(ms);
  });

  it('adds up whatever parts they have', () => {
    const parts = fc.tuple(fc.nat(99), fc.nat(59), fc.nat(59), fc.nat(999));
    fc.assert(
      fc.property(parts, ([h, m, s, ms]) => {
        const total = h * 3_600_000 + m * 60_000 + s * 1000 + ms;
        expect(parseGoDuration(`${h}h${m}m${s}s${ms}ms`)).toBe(total);
      }),
    );
  });
});
