/** Churns in the network namespace that it is started in, and prints the report. */
import { parseArgs } from 'node:util';
import { churn } from './churn.ts';

const { values } = parseArgs({
  options: {
    family: { type: 'string', default: 'IPv4' },
    changes: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const report = await churn({
  family: values.family === 'IPv6' ? 'IPv6' : 'IPv4',
  changes: Number(values.changes),
  seed: Number(values.seed),
});
process.stdout.write(`${JSON.stringify(report)}\n`);
