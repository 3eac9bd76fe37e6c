/** The process in the namespace: plays every case, and writes a line for each. */
import {
  readCases,
  readUpgrades,
} from '../../../../proxies/apiserver-proxy/recorded/recorded-case.ts';
import { playCase, playUpgrade } from './play.ts';
import { startStage } from './stage.ts';

await using stack = new AsyncDisposableStack();
stack.use(await startStage());
for (const recorded of readCases()) console.log(JSON.stringify(await playCase(recorded)));
for (const recorded of readUpgrades()) console.log(JSON.stringify(await playUpgrade(recorded)));
