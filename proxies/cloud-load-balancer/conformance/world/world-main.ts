/** The first process of the world: plays cases, as it is told through its channel. */
import { serveCalls } from '../../../kit/testing/calls.ts';
import type { DataplaneSubject } from '../../nftables/limits.ts';
import { conformanceCases } from '../cases/all.ts';
import type { Observed } from '../cases/case.ts';
import { openTheatre } from './stage.ts';
import { layWorld } from './world.ts';

const theatre = openTheatre(await layWorld());

export interface Played {
  /** @param name of a case */
  play(name: string, subject: DataplaneSubject): Promise<Observed>;
}

serveCalls({
  play: async (name, subject) => {
    const one = conformanceCases.find((each) => each.name === name);
    if (one === undefined) throw new Error(`No case is called ${name}.`);
    return theatre.play(one, subject);
  },
} satisfies Played);
process.send?.('ready');
