/** The list changes while connections live. */
import { deviates, type ConformanceCase } from './case.ts';
import { heldOf } from './checks.ts';

const inPlace = deviates('one-apiserver', { 'new connections': 'backend-1' });
const bothEnd = deviates('list-change', {
  'the watch to it': 'end',
  'the watch to another': 'end',
});

export const listCases: readonly ConformanceCase[] = [
  {
    name: 'a backend is taken off the list: its watch lives, as others do',
    act: async (stage) => {
      using gone = await heldOf(stage, 1);
      using kept = stage.subject === 'none' ? await heldOf(stage, 1) : await heldOf(stage, 2);
      await stage.setBackends([2, 3]);
      const seen = {
        ...(await stage.whoAnswers('new connections')),
        ...(await stage.watchIs('the watch to it', gone)),
        ...(await stage.watchIs('the watch to another', kept)),
      };
      await stage.setBackends([1, 2, 3]);
      await stage.untilKnown(1, 'ready');
      return { ...seen, ...(await stage.whoAnswers('once it is on the list again')) };
    },
    expect: {
      'new connections': 'backend-2, backend-3',
      'the watch to it': 'lives',
      'the watch to another': 'lives',
      'once it is on the list again': 'backend-1, backend-2, backend-3',
    },
    instead: {
      none: deviates('one-apiserver', {
        'new connections': 'backend-1',
        'once it is on the list again': 'backend-1',
      }),
    },
  },
  {
    name: 'a backend is taken off the list, and its watch ends at the limit',
    options: { drainTimeoutMs: 700 },
    act: async (stage) => {
      using gone = await heldOf(stage, 1);
      using kept = stage.subject === 'none' ? await heldOf(stage, 1) : await heldOf(stage, 2);
      await stage.setBackends([2, 3]);
      return {
        ...(await stage.endOf('the watch to it', gone)),
        ...(await stage.watchIs('the watch to another', kept)),
      };
    },
    expect: { 'the watch to it': 'reset', 'the watch to another': 'lives' },
    instead: {
      nginx: bothEnd,
      haproxy: bothEnd,
      none: deviates('nobody-ends', { 'the watch to it': 'lives' }),
    },
  },
  {
    name: 'a backend is to drain: its watch lives, new connections go elsewhere',
    act: async (stage) => {
      using held = await heldOf(stage, 1);
      await stage.setBackends([{ number: 1, drains: true }, 2, 3]);
      return {
        ...(await stage.whoAnswers('new connections')),
        ...(await stage.watchIs('the watch', held)),
      };
    },
    expect: { 'new connections': 'backend-2, backend-3', 'the watch': 'lives' },
    instead: { none: inPlace },
  },
  {
    name: 'a backend is added',
    backends: [1],
    act: async (stage) => {
      await stage.setBackends([1, 2]);
      await stage.untilKnown(2, 'ready');
      return stage.whoAnswers('new connections');
    },
    expect: { 'new connections': 'backend-1, backend-2' },
    instead: { none: inPlace },
  },
  {
    name: 'the list becomes empty: clients are refused, a watch lives',
    act: async (stage) => {
      using held = await heldOf(stage, 1);
      await stage.setBackends([]);
      return {
        ...(await stage.whoAnswers('new connections')),
        ...(await stage.watchIs('the watch', held)),
      };
    },
    expect: { 'new connections': 'failed', 'the watch': 'lives' },
    instead: { none: inPlace },
  },
];
