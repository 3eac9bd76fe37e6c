import { expect, it } from 'vitest';
import { createDoorPaths } from './door-paths.ts';

const outer = (remotePort: number) => ({ remoteAddress: '127.0.0.1', remotePort });
const inner = (localPort: number) => ({ localAddress: '192.0.2.1', localPort });

it('knows where the connection of a client outside goes on, the last of those from there', () => {
  const paths = createDoorPaths();
  paths.note(outer(50_000), inner(40_000));
  paths.note(outer(50_001), inner(40_001));
  paths.note(outer(50_000), inner(40_002));
  expect(paths.innerOf('127.0.0.1:50000')).toBe('192.0.2.1:40002');
  expect(paths.innerOf('127.0.0.1:50001')).toBe('192.0.2.1:40001');
  expect(paths.innerOf('127.0.0.1:50002')).toBeUndefined();
});

it('forgets the oldest of more than a thousand', () => {
  const paths = createDoorPaths();
  for (let count = 0; count < 1_100; count += 1) paths.note(outer(count), inner(count));
  expect(paths.innerOf('127.0.0.1:10')).toBeUndefined();
  expect(paths.innerOf('127.0.0.1:1099')).toBe('192.0.2.1:1099');
});
