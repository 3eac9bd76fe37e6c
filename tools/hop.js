#!/usr/bin/env node
/**
 * Starts `hop` on the Node it needs. Plain JavaScript, for it must run on any Node there is.
 *
 * On Node 24 this very process goes on. On an older one, the Node of the `node` package takes over
 * as a child, with the same input, output, signals, exit status and IPC channel.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const neededMajor = 24;
const main = new URL('./hop.ts', import.meta.url);
const [subcommand = ''] = process.argv.slice(2);

/** Where a subcommand is, if not in the folder of its name. */
const folders = new Map([
  ['apiserver-lb', 'apiserver-load-balancer'],
  ['cloud-lb', 'cloud-load-balancer'],
]);

/** What a subcommand wants of its Node, beside its code: `{ "nodeFlags": […], "env": {…} }`. */
function runtime() {
  if (!/^[a-z-]+$/.test(subcommand)) return { nodeFlags: [], env: {} };
  const folder = folders.get(subcommand) ?? subcommand;
  const files = [`../proxies/${folder}/runtime.json`, `../${folder}/runtime.json`];
  const file = files.map((path) => new URL(path, import.meta.url)).find((one) => existsSync(one));
  return file ? JSON.parse(readFileSync(file, 'utf8')) : { nodeFlags: [], env: {} };
}

const { nodeFlags, env } = runtime();
const isNew = Number(process.versions.node.split('.')[0]) >= neededMajor;
const isTuned =
  nodeFlags.every((flag) => process.execArgv.includes(flag)) &&
  Object.entries(env).every(([name, value]) => process.env[name] === value);

if (isNew && (isTuned || process.channel !== undefined || process.execve === undefined)) {
  // Saves the time of compiling, and the memory of the compiler of types.
  module.enableCompileCache?.(
    fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)),
  );
  await import(main.href);
} else {
  const argv = [
    ...nodeFlags,
    fileURLToPath(isNew ? import.meta.url : main),
    ...process.argv.slice(2),
  ];
  const environment = { ...process.env, ...env };
  if (isNew) process.execve(process.execPath, [process.execPath, ...argv], environment);
  else delegate(newerNode(), argv, environment);
}

function newerNode() {
  try {
    const path = createRequire(import.meta.url).resolve('node/bin/node');
    if (existsSync(path)) return path;
  } catch {
    // The package is not installed.
  }
  process.stderr.write(
    `hop needs Node ${neededMajor} or newer. This is ${process.version}.\n` +
      'Run `npm ci` in the project: it installs one beside it.\n',
  );
  process.exit(1);
}

function delegate(node, argv, environment) {
  // The channel also tells the child when this process is killed: it then ends, too.
  const child = spawn(node, argv, { env: environment, stdio: [0, 1, 2, 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    // A terminal sends its signals to the child, too.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  if (process.channel !== undefined) {
    process.on('message', (message, handle) => child.send(message, handle));
    process.on('disconnect', () => child.connected && child.disconnect());
    child.on('message', (message, handle) => process.send(message, handle));
    child.on('disconnect', () => process.connected && process.disconnect());
  }
  child.on('error', (error) => {
    process.stderr.write(`hop: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (status, signal) => {
    if (signal === null) process.exit(status);
    // To end as the child ended, the signal must find nobody listening.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(128 + constants.signals[signal]), 100);
  });
}
