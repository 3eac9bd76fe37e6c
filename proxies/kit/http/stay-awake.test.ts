import { expect, it, vi } from 'vitest';
import { exchangeEnded, exchangeStarted } from './stay-awake.ts';

const immediates = () =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'Immediate').length;

it('keeps one immediate pending, and lets the loop sleep soon after', async () => {
  const before = immediates();
  exchangeStarted();
  exchangeEnded();
  expect(immediates()).toBe(before + 1);
  await vi.waitFor(() => expect(immediates()).toBe(before));
});

it('does nothing of the kind while many exchanges are under way', async () => {
  for (let exchange = 0; exchange < 10; exchange++) exchangeStarted();
  await vi.waitFor(() => expect(immediates()).toBe(0));
  exchangeStarted();
  expect(immediates()).toBe(0);
  for (let exchange = 0; exchange < 11; exchange++) exchangeEnded();
  await vi.waitFor(() => expect(immediates()).toBe(0));
});
