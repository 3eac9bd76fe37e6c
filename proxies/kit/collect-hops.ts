/** The hops of requests that a proof makes in the running lab, where everybody makes requests. */
import type { Hop } from './hop.ts';
import type { LabMachines } from './proof.ts';

/** A trace may be late, an answer may not. */
const patienceMs = 500;

/** The hops of everybody, of which ours are told in the end. */
export function collectHops(machines: LabMachines, onHop: (hop: Hop) => void) {
  const seen: Hop[] = [];
  let look = (): void => undefined;
  const following = machines.onHop((hop) => {
    seen.push(hop);
    look();
  });
  return {
    ready: following.ready,
    /** Two for each request: from the client, and to the target. */
    of: async (requests: readonly string[]): Promise<void> => {
      const ours = () => seen.filter(({ request }) => requests.includes(request));
      await new Promise<void>((resolve) => {
        look = () => {
          if (ours().length >= 2 * requests.length) resolve();
        };
        setTimeout(resolve, patienceMs).unref();
        look();
      });
      for (const hop of ours()) onHop(hop);
    },
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
}
