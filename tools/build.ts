/** `npm run build`: runs what the pages state, records it, and builds the site from it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadMessages, localeFromEnvironment } from '../proxies/kit/messages.ts';
import { startBackend } from '../src/server/live/start-backend.ts';
import { hashInputs, rememberBuild } from './build-state.ts';
import { findMachinePaths } from './machine-paths.ts';
import { precompress } from './precompress.ts';
import { runQuietly } from './processes.ts';
import { project } from './project.ts';
import { record, type Recording } from './record.ts';

const messages = loadMessages(localeFromEnvironment(process.env) ?? 'en');
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => stop.abort(new Error(signal)));
}

try {
  await build(stop.signal);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(messages.say('build.failed', { message }));
  process.exitCode = 1;
}

async function build(signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const inputs = await hashInputs();
  const { transcripts, unexpected, unproved } = await recordInLab(signal);
  const complaints = [
    ...unexpected.map((example) => messages.say('build.example-failed', { ...example })),
    ...unproved.map(
      (verdict) =>
        `${messages.say('build.claim-failed', { id: verdict.claim, result: verdict.result })}${causes(verdict)}`,
    ),
  ];
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  await writeFile(project('.lab', 'transcripts.json'), JSON.stringify(transcripts));

  signal.throwIfAborted();
  console.log(messages.say('build.rendering'));
  const astro = project('node_modules', 'astro', 'bin', 'astro.mjs');
  const { status, output } = await runQuietly([astro, 'build'], signal);
  signal.throwIfAborted();
  if (status !== 0) throw new Error(output);
  const paths = await findMachinePaths(project('dist'), project());
  if (paths.length > 0) {
    throw new Error(
      paths.map((path) => messages.say('build.machine-path', { ...path })).join('\n'),
    );
  }

  console.log(messages.say('build.compressing'));
  const files = await precompress(project('dist'));
  await rememberBuild(inputs);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const examples = Object.keys(transcripts.examples).length;
  const claims = Object.keys(transcripts.claims).length;
  console.log(messages.say('build.done', { seconds, examples, claims, files }));
}

/** In a lab of its own: one that is running keeps its state. */
async function recordInLab(signal: AbortSignal): Promise<Recording> {
  await mkdir(project('.lab'), { recursive: true });
  const directory = await mkdtemp(project('.lab', 'build-'));
  try {
    await using backend = await startBackend({ directory, proxyPort: 0 });
    return await record(backend, {
      signal,
      onStep: (step) => console.log(messages.say(`build.${step}`)),
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What went wrong in each world of a proof, for whoever mends it. */
function causes(verdict: Recording['unproved'][number]): string {
  if (verdict.result === 'not-provable-here') return '';
  return [verdict.claimed, verdict.refuted]
    .map((outcome, i) => {
      const world = i === 0 ? 'claimed' : 'refuted';
      const cause =
        outcome.verdict === 'failed' ? outcome.cause : JSON.stringify(outcome.observations.at(-1));
      return `\n  ${world}: ${outcome.verdict}: ${cause}`;
    })
    .join('');
}
