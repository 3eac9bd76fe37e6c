/** An apiserver of the lab: a machine's program. */
import { parseFlags } from '../../proxies/kit/flags.ts';
import { relayHops } from '../../proxies/kit/hop-channel.ts';
import { runProgram } from '../machines/program.ts';
import { apiserverFlags } from './flags.ts';
import { runApiserver } from './run-apiserver.ts';

const log = (line: string) => void process.stderr.write(`${line}\n`);

await runProgram(
  apiserverFlags.map(({ name }) => name),
  async () => {
    const { values, given } = parseFlags(apiserverFlags, process.argv.slice(2));
    const apiserver = await runApiserver(values, { given, log, stdout: process.stdout });
    relayHops(apiserver);
    return apiserver;
  },
);
