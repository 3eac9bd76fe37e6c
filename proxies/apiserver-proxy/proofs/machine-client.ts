/**
 * A client on a machine of the lab: a program of its own, because the machine has a network of its own.
 * Reads questions from its input, and writes what they came to.
 */
import { connect } from 'node:net';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import type { MachineAnswer, MachineQuestions } from './on-machine.ts';

const timeoutMs = 2000;
const { server, ca, questions } = (await json(process.stdin)) as MachineQuestions;
const answers: MachineAnswer[] = [];
for (const question of questions) {
  answers.push('path' in question ? await ask(question) : await dial(question));
}
process.stdout.write(JSON.stringify(answers));

type Question = MachineQuestions['questions'][number];

/** Asks the apiserver. */
function ask(question: Extract<Question, { path: string }>): Promise<MachineAnswer> {
  const { path, headers, certificate } = question;
  const { hostname, port } = new URL(server);
  return new Promise((resolve) => {
    const sent = request({
      host: hostname,
      port,
      path,
      headers,
      ca,
      ...certificate,
      agent: false,
      timeout: 2 * timeoutMs,
    });
    sent.once('timeout', () => sent.destroy(new Error('ETIMEDOUT')));
    sent.once('error', (error) => resolve({ status: 0, body: '', cause: causeOf(error) }));
    sent.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('error', (error) => resolve({ status: 0, body, cause: causeOf(error) }));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body, cause: '' }));
    });
    sent.end();
  });
}

/** Connects, without a word. */
function dial({ host, port }: Extract<Question, { host: string }>): Promise<MachineAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (status: number, cause: string) => {
      socket.destroy();
      resolve({ status, body: '', cause });
    };
    socket.once('connect', () => settle(1, ''));
    socket.once('timeout', () => settle(0, 'ETIMEDOUT'));
    socket.once('error', (error) => settle(0, causeOf(error)));
  });
}

function causeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message;
}
