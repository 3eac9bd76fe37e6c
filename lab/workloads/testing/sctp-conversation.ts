/** Run in a network namespace of its own: an SCTP server and its client, who tell what they saw as JSON. */
import { execFileSync } from 'node:child_process';
import { start } from '../sctp-echo.ts';
import { connectSctp } from '../sctp/connect.ts';

const [address = '', from = ''] = process.argv.slice(2);
execFileSync('ip', ['link', 'set', 'lo', 'up']);

const logged: string[] = [];
const port = { name: 'sctp', containerPort: 9999, protocol: 'SCTP' } as const;
const workload = await start({
  addresses: [address],
  ports: [port],
  args: [],
  env: {},
  pod: { name: 'web-0', namespace: 'default', uid: 'u', nodeName: 'node-1', labels: {} },
  containerName: 'sctp',
  log: (line) => void logged.push(line),
});

const client = await connectSctp({ from, address, port: 9999 });
const large = 'x'.repeat(5000);
client.send({ stream: 3, protocol: 7, data: Buffer.from(large) });
client.send({ stream: 0, protocol: 0, data: Buffer.from('whoami\n') });
const echoed = await client.receive();
const told = await client.receive();
const refused = await connectSctp({ from, address, port: 9998, timeoutMs: 700 }).catch(String);
workload.terminate();
const how = await client.shutdown();
client[Symbol.dispose]();
console.log(
  JSON.stringify({
    isEchoWhole: echoed.data.toString() === large,
    stream: echoed.stream,
    protocol: echoed.protocol,
    told: told.data.toString().replace(String(client.localPort), 'PORT'),
    refused,
    how,
    exitCode: await workload.exited,
    logged: logged.map((line) => line.replace(String(client.localPort), 'PORT')),
  }),
);
