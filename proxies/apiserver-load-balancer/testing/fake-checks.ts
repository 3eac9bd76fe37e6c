/** For tests: checks whose results are said by the test, at once. */
import type { Condition, Sighting } from '../backend.ts';
import type { CheckOptions } from '../balancer.ts';
import { nextState, uncheckedState, type CheckEvent } from '../checks/check-state.ts';
import type { Checked, CheckerOptions, WatchBackend } from '../checks/checker.ts';

export interface FakeChecks {
  readonly watch: WatchBackend;
  /** Those that are watched now, by name. */
  readonly watched: ReadonlySet<string>;
  /** How often somebody began to be watched. */
  readonly begun: number;
  /** What the data path saw. */
  readonly sightings: readonly (readonly [name: string, saw: Sighting['saw']])[];
  /** Undefined where it is not watched. */
  conditionOf(name: string): Condition | undefined;
  /** Nothing comes of it where the backend is not watched. */
  happen(name: string, event: CheckEvent): void;
}

interface Fake {
  checked: Checked;
  readonly onChange: CheckerOptions['onChange'];
}

export function createFakeChecks(check: Pick<CheckOptions, 'rise' | 'fall'>): FakeChecks {
  const fakes = new Map<string, Fake>();
  const sightings: (readonly [string, Sighting['saw']])[] = [];
  let begun = 0;
  return {
    watch: ({ name }, onChange) => {
      begun += 1;
      const fake: Fake = {
        checked: { ...uncheckedState, since: new Date().toISOString(), checkMs: null },
        onChange,
      };
      fakes.set(name, fake);
      return {
        get checked() {
          return fake.checked;
        },
        observe: (saw) => void sightings.push([name, saw]),
        [Symbol.dispose]: () => void fakes.delete(name),
      };
    },
    get watched() {
      return new Set(fakes.keys());
    },
    get begun() {
      return begun;
    },
    sightings,
    conditionOf: (name) => fakes.get(name)?.checked.condition,
    happen: (name, event) => {
      const fake = fakes.get(name);
      if (fake === undefined) return;
      const before = fake.checked;
      fake.checked = { ...before, ...nextState(before, event, check) };
      const { condition, reason } = fake.checked;
      if (condition !== before.condition || reason !== before.reason) {
        fake.onChange(fake.checked, before);
      }
    },
  };
}
