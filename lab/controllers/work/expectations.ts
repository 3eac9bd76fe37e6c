/** What was written but has not come back through the watch: until it has, the cache is not to be counted on. */

export interface Expectations {
  expect(owner: string, uid: string): void;
  /** It has come; true when nothing more is expected for this owner. */
  meet(owner: string, uid: string): boolean;
  isMet(owner: string): boolean;
  forget(owner: string): void;
}

/** A new list may have swallowed what we wait for. */
const patienceMs = 30_000;

export function createExpectations(): Expectations {
  const expected = new Map<string, Map<string, number>>();
  const isMet = (owner: string): boolean => {
    const uids = expected.get(owner);
    if (!uids) return true;
    const before = performance.now() - patienceMs;
    for (const [uid, since] of uids) if (since < before) uids.delete(uid);
    if (uids.size === 0) expected.delete(owner);
    return uids.size === 0;
  };
  return {
    expect: (owner, uid) => {
      const uids = expected.get(owner) ?? new Map<string, number>();
      expected.set(owner, uids.set(uid, performance.now()));
    },
    meet: (owner, uid) => {
      expected.get(owner)?.delete(uid);
      return isMet(owner);
    },
    isMet,
    forget: (owner) => expected.delete(owner),
  };
}
