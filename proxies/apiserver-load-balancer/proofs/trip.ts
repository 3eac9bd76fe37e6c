/** What a client tries on one way to the apiservers: a request, a watch and an `exec`. */
import { causeOf, exec, get, watch, type Answer, type Place, type Said } from './client.ts';

export interface Trip {
  readonly place: Place;
  /** A watch that begins with something. */
  readonly watchPath: string;
  readonly execPath: string;
  /** For each of the three. */
  readonly patienceMs: number;
}

export interface Travelled {
  readonly answer: Answer;
  readonly watched: {
    /** What the first event was about; empty where none came. */
    readonly name: string;
    readonly local: string;
    readonly cause: string;
  };
  readonly executed: Said;
}

export async function travel({ place, ...trip }: Trip): Promise<Travelled> {
  const { watchPath, execPath, patienceMs } = trip;
  const [answer, watched, executed] = await Promise.all([
    get(place, '/version', patienceMs),
    firstOf(place, watchPath, patienceMs),
    exec(place, execPath, patienceMs),
  ]);
  return { answer, watched, executed };
}

async function firstOf(
  place: Place,
  path: string,
  patienceMs: number,
): Promise<Travelled['watched']> {
  let local = '';
  try {
    using watching = await watch(place, path, patienceMs);
    ({ local } = watching);
    return { name: await watching.next(patienceMs), local, cause: '' };
  } catch (error) {
    return { name: '', local, cause: causeOf(error) };
  }
}
