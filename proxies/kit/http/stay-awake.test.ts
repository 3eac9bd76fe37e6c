import { expect, it, vi } from 'vitest';
import { stayAwake } from './stay-awake.ts';

const immediates = () =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'Immediate').length;

it('keeps one immediate pending, and lets the loop sleep soon after', async () => {
  const before = immediates();
  stayAwake();
  stayAwake();
  expect(immediates()).toBe(before + 1);
  await vi.waitFor(() => expect(immediates()).toBe(before));
});
