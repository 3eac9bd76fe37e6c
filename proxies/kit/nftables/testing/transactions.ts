/** In a namespace: what a connection answers, and what it leaves behind. */
import { readdirSync } from 'node:fs';
import { openNftConnection } from '../connection.ts';

const connection = await openNftConnection();
await connection.run(
  'add table ip shop\nadd set ip shop open { type ipv4_addr . inet_service; comment "à la carte"; }',
);
const add = (port: number) => connection.run(`add element ip shop open { 10.0.0.1 . ${port} }`);
const remove = (port: number) =>
  connection.run(`delete element ip shop open { 10.0.0.1 . ${port} }`);
const list = () => connection.run('list table ip shop');
const wordsOf = (running: Promise<string>) =>
  running.then(
    () => 'no error',
    (error: unknown) => String(error),
  );

const inOrder = await Promise.all([add(1), list(), remove(1), list()]);
const listedText = inOrder.filter(Boolean);
await add(443);
const json = await connection.run('list table ip shop', { json: true });
const terse = await connection.run('list table ip shop', { terse: true });

const nothingOfIt = await wordsOf(
  connection.run('add element ip shop open { 10.0.0.2 . 80 }\nadd element ip shop shut { 1 }'),
);
const refused = await wordsOf(remove(2));
const elements = Array.from(
  { length: 3000 },
  (_, index) => `10.1.${index >> 8}.${index & 255} . 80`,
);
const inLongLine = await wordsOf(
  connection.run(`add element ip shop open { ${elements.join(', ')}, 10.0.0.3 . 99999 }`),
);
const afterErrors = await list();

await churn(1000);
const descriptorsBefore = readdirSync('/proc/self/fd').length;
const before = process.memoryUsage().rss;
await churn(10_000);
const grownBytes = process.memoryUsage().rss - before;
const descriptors = readdirSync('/proc/self/fd').length - descriptorsBefore;

let turns = 0;
const turning = setInterval(() => (turns += 1));
await connection.run(`add element ip shop open { ${elements.join(', ')} }`);
clearInterval(turning);

const { netlinkPort } = connection;
await connection[Symbol.asyncDispose]();
await connection[Symbol.asyncDispose]();
const closed = await wordsOf(list());

async function churn(transactions: number): Promise<void> {
  for (let port = 1; port <= transactions / 2; port++) {
    await add(10_000 + (port % 1000));
    await remove(10_000 + (port % 1000));
  }
}

console.log(
  JSON.stringify({
    listedText,
    json: JSON.parse(json) as unknown,
    terse,
    nothingOfIt,
    refused,
    inLongLine,
    afterErrors,
    grownBytes,
    descriptors,
    turns,
    hasNetlinkPort: netlinkPort !== null && netlinkPort > 0,
    closed,
  }),
);
