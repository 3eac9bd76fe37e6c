/** The process that is measured: in namespaces of its own; prints its figures. */
import { layNodeNetwork } from '../../proxies/kit/testing/node-network.ts';
import type { Figures } from './figures.ts';
import { measureHop } from './measure-hop.ts';
import { measureNone, measureUpstream } from './measure-upstream.ts';

const contenders: Readonly<Record<string, (count: number) => Promise<Figures>>> = {
  hop: measureHop,
  upstream: (count) => measureUpstream('1.36', count),
  'upstream-1.35': (count) => measureUpstream('1.35', count),
  none: measureNone,
};

const [, , contender = '', count = ''] = process.argv;
layNodeNetwork();
const figures = await contenders[contender]?.(Number(count));
process.stdout.write(`${JSON.stringify(figures)}\n`);
