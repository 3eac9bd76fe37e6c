/** An apiserver of the lab: a machine's program. */
import { parseFlags } from '../../proxies/kit/flags.ts';
import { runProgram } from '../machines/program.ts';
import { configure } from './configure.ts';
import { apiserverFlags } from './flags.ts';
import { openStore } from './open-store.ts';
import { startApiserver } from './server.ts';

const log = (line: string) => void process.stderr.write(`${line}\n`);

await runProgram(
  apiserverFlags.map(({ name }) => name),
  async () => {
    const { values, given } = parseFlags(apiserverFlags, process.argv.slice(2));
    const configuration = await configure(values, { given, log, stdout: process.stdout });
    await using starting = new AsyncDisposableStack();
    const store = starting.use(await openStore(values['etcd-servers']));
    const { address, port } = starting.use(await startApiserver({ ...configuration, store }));
    const running = starting.move();
    return {
      address: `${address.includes(':') ? `[${address}]` : address}:${port}`,
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    };
  },
);
