import { describe, expect, it } from 'vitest';
import { findImage, images } from './images.ts';
import { runPod } from './testing/pod.ts';

describe('images', () => {
  it.each([
    'registry.example/hop-by-hop/echo',
    'registry.example/hop-by-hop/echo:1.4.0',
    `registry.example/hop-by-hop/echo:1.4.0@sha256:${'0'.repeat(64)}`,
  ])('finds %s', (reference) => {
    expect(findImage(reference)).toBe(images.get('echo')?.start);
  });

  it.each([
    'echo',
    'nginx:1.29',
    'registry.example/hop-by-hop/nothing:1.4.0',
    'registry.example/hop-by-hop/echo:1.4.0:2',
    'registryXexample/hop-by-hop/echo:1.4.0',
  ])('does not find %s', (reference) => {
    expect(findImage(reference)).toBeUndefined();
  });

  it('runs pause until it is told to end', async () => {
    const start = findImage('registry.example/hop-by-hop/pause:3.10');
    if (!start) throw new Error('no pause');
    await using pod = await runPod(start);
    pod.workload.terminate();
    expect(await pod.workload.exited).toBe(0);
  });

  it('ends with the code it was given', async () => {
    const start = findImage('registry.example/hop-by-hop/exit:1.0.0');
    if (!start) throw new Error('no exit');
    await using pod = await runPod(start, { args: ['--code=3', '--after-seconds=0.01'] });
    expect(await pod.workload.exited).toBe(3);
  });
});
