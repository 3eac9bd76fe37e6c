/** Commands that talk to the lab: `wget`, `curl`, `nc`, `nslookup`. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { request as httpRequest } from '../../../../proxies/kit/http/node-http.ts';
import { absolute } from '../file-system.ts';
import { readOptions } from '../options.ts';
import { CommandProblem, readAll, type Command } from '../program.ts';
import { reach, type Reachable } from '../reach.ts';

interface WebRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly isInsecure: boolean;
}

const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  ECONNRESET: 'Connection reset by peer',
  ETIMEDOUT: 'Operation timed out',
};

function causeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return causes[code] ?? (error instanceof Error ? error.message : String(error));
}

async function send(
  { url, method, headers, body, timeoutMs, isInsecure }: WebRequest,
  { host, localAddress }: Reachable,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const sent = send({
    host,
    localAddress,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    method,
    headers: { Host: url.host, ...headers, Connection: 'close' },
    agent: false,
    signal,
    rejectUnauthorized: !isInsecure,
    ...(url.protocol === 'https:'
      ? { servername: /[a-z]/i.test(url.hostname) ? url.hostname : '' }
      : {}),
  });
  sent.setTimeout(timeoutMs, () => {
    sent.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }));
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

function readUrl(text: string): URL {
  try {
    const url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  } catch {
    // Said below.
  }
  throw new CommandProblem(`bad URL: ${text}`);
}

const mostRedirects = 10;

const wget: Command = async (context) => {
  const { flags, values, operands } = readOptions(context.args, 'qSO:T:Y:t:cH:P:k', {
    '--timeout': 'T',
    '--header': 'H',
    '--post-data': 'P',
    '--no-check-certificate': 'k',
    '--output-document': 'O',
    '--quiet': 'q',
    '--server-response': 'S',
    '--tries': 't',
  });
  const { world, stderr, stdout, files, state, signal } = context;
  if (operands[0] === undefined) throw new CommandProblem('missing URL');
  let url = readUrl(operands[0]);
  const header = values.get('H');
  for (let redirects = 0; ; redirects += 1) {
    const to = await reach(url.hostname, world);
    if ('problem' in to) {
      throw new CommandProblem(
        to.problem === 'unknown'
          ? `bad address '${url.hostname}'`
          : `can't connect to remote host (${url.hostname}): Network is unreachable`,
      );
    }
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    if (!flags.has('q')) await stderr.write(`Connecting to ${url.host} (${to.host}:${port})\n`);
    const body = values.get('P');
    let response: IncomingMessage;
    try {
      response = await send(
        {
          url,
          method: body === undefined ? 'GET' : 'POST',
          headers: { 'User-Agent': 'Wget', ...(header ? splitHeader(header) : {}) },
          ...(body === undefined ? {} : { body }),
          timeoutMs: Number(values.get('T') ?? 30) * 1000,
          isInsecure: flags.has('k'),
        },
        to,
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      const cause = causeOf(error);
      throw new CommandProblem(
        cause === 'Operation timed out'
          ? 'download timed out'
          : `can't connect to remote host (${to.host}): ${cause}`,
      );
    }
    const status = response.statusCode ?? 0;
    if (flags.has('S')) {
      await stderr.write(`  HTTP/1.1 ${status} ${response.statusMessage ?? ''}\n`);
      for (let index = 0; index + 1 < response.rawHeaders.length; index += 2) {
        await stderr.write(
          `  ${response.rawHeaders[index] ?? ''}: ${response.rawHeaders[index + 1] ?? ''}\n`,
        );
      }
    }
    const { location } = response.headers;
    if (status >= 300 && status < 400 && location !== undefined && redirects < mostRedirects) {
      response.destroy();
      url = new URL(location, url);
      continue;
    }
    if (status >= 400) {
      response.destroy();
      throw new CommandProblem(
        `server returned error: HTTP/1.1 ${status} ${response.statusMessage ?? ''}`,
      );
    }
    const name = values.get('O') ?? /[^/]+$/.exec(url.pathname)?.[0] ?? 'index.html';
    if (name === '-') {
      for await (const chunk of response as AsyncIterable<Buffer>) await stdout.write(chunk);
    } else {
      files.write(absolute(name, state.directory), await readAll(response));
      if (!flags.has('q')) await stderr.write(`'${name}' saved\n`);
    }
    return 0;
  }
};

function splitHeader(line: string): Readonly<Record<string, string>> {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).trim();
  if (colon < 1 || !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    throw new CommandProblem(`bad header '${line}'`);
  return { [name]: line.slice(colon + 1).trim() };
}

/** curl's exit statuses. */
const curlStatus = { url: 3, resolve: 6, connect: 7, http: 22, timeout: 28, tls: 60 } as const;

const curl: Command = async (context) => {
  const { world, stdout, stderr, files, state, signal } = context;
  const headers: Record<string, string> = {};
  const args = context.args.filter((arg, index, all) => {
    const isHeader = all[index - 1] === '-H' || all[index - 1] === '--header';
    if (isHeader) Object.assign(headers, splitHeader(arg));
    return !isHeader && arg !== '-H' && arg !== '--header';
  });
  const { flags, values, operands } = readOptions(args, 'sSLkivfIgX:d:o:m:w:A:', {
    '--silent': 's',
    '--show-error': 'S',
    '--location': 'L',
    '--insecure': 'k',
    '--include': 'i',
    '--verbose': 'v',
    '--fail': 'f',
    '--head': 'I',
    '--request': 'X',
    '--data': 'd',
    '--output': 'o',
    '--max-time': 'm',
    '--write-out': 'w',
    '--connect-timeout': 'm',
    '--user-agent': 'A',
  });
  if (operands[0] === undefined) throw new CommandProblem('no URL specified', 2);
  const refuse = (status: number, message: string) => {
    const isQuiet = flags.has('s') && !flags.has('S');
    return new CommandProblem(isQuiet ? '' : `(${status}) ${message}`, status);
  };
  let url = readUrl(operands[0]);
  const body = values.get('d');
  for (let redirects = 0; ; redirects += 1) {
    const to = await reach(url.hostname, world);
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    if ('problem' in to) {
      throw to.problem === 'unknown'
        ? refuse(curlStatus.resolve, `Could not resolve host: ${url.hostname}`)
        : refuse(
            curlStatus.connect,
            `Failed to connect to ${url.hostname} port ${port}: Network is unreachable`,
          );
    }
    let response: IncomingMessage;
    try {
      response = await send(
        {
          url,
          method:
            values.get('X') ?? (flags.has('I') ? 'HEAD' : body === undefined ? 'GET' : 'POST'),
          headers: {
            'User-Agent': values.get('A') ?? 'curl/8.0',
            Accept: '*/*',
            ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body }),
          timeoutMs: Number(values.get('m') ?? 60) * 1000,
          isInsecure: flags.has('k'),
        },
        to,
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      const cause = causeOf(error);
      if (cause === 'Operation timed out') throw refuse(curlStatus.timeout, cause);
      if (cause.includes('certificate'))
        throw refuse(curlStatus.tls, `SSL certificate problem: ${cause}`);
      throw refuse(
        curlStatus.connect,
        `Failed to connect to ${url.hostname} port ${port}: ${cause}`,
      );
    }
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (
      flags.has('L') &&
      status >= 300 &&
      status < 400 &&
      location !== undefined &&
      redirects < mostRedirects
    ) {
      response.destroy();
      url = new URL(location, url);
      continue;
    }
    const head = [`HTTP/${response.httpVersion} ${status} ${response.statusMessage ?? ''}`];
    for (let index = 0; index + 1 < response.rawHeaders.length; index += 2) {
      head.push(`${response.rawHeaders[index] ?? ''}: ${response.rawHeaders[index + 1] ?? ''}`);
    }
    if (flags.has('v')) await stderr.write(head.map((line) => `< ${line}\r\n`).join(''));
    if (flags.has('i') || flags.has('I')) await stdout.write(`${head.join('\r\n')}\r\n\r\n`);
    if (flags.has('f') && status >= 400) {
      response.destroy();
      throw refuse(curlStatus.http, `The requested URL returned error: ${status}`);
    }
    const name = values.get('o');
    if (name === undefined) {
      for await (const chunk of response as AsyncIterable<Buffer>) await stdout.write(chunk);
    } else {
      const bytes = await readAll(response);
      if (name !== '/dev/null') files.write(absolute(name, state.directory), bytes);
    }
    const format = values.get('w');
    if (format !== undefined) {
      await stdout.write(format.replaceAll('%{http_code}', String(status)).replaceAll('\\n', '\n'));
    }
    return 0;
  }
};

const nc: Command = async (context) => {
  const { flags, values, operands } = readOptions(context.args, 'zvnw:');
  const { world, stdin, stdout, stderr, signal } = context;
  const [name, portText] = operands;
  const port = Number(portText);
  if (name === undefined || !Number.isInteger(port) || port < 1 || port > 65535) {
    throw new CommandProblem('usage: nc [-zv] [-w SEC] HOST PORT');
  }
  const to = await reach(name, world);
  if ('problem' in to) {
    throw new CommandProblem(
      to.problem === 'unknown'
        ? `bad address '${name}'`
        : `${name} (${name}:${port}): Network is unreachable`,
    );
  }
  const socket = connect({
    host: to.host,
    port,
    localAddress: to.localAddress,
    allowHalfOpen: true,
  });
  const fail = (code: string) => socket.destroy(Object.assign(new Error(code), { code }));
  const end = () => fail('ECANCELED');
  signal.addEventListener('abort', end, { once: true });
  const seconds = values.get('w');
  if (seconds !== undefined) socket.setTimeout(Number(seconds) * 1000, () => fail('ETIMEDOUT'));
  // Also between one wait and the next, when nobody listens.
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect');
    if (flags.has('v')) await stderr.write(`${name} (${to.host}:${port}) open\n`);
    if (flags.has('z')) return 0;
    stdin.pipe(socket);
    for await (const chunk of socket as AsyncIterable<Buffer>) await stdout.write(chunk);
    return 0;
  } catch (error) {
    signal.throwIfAborted();
    throw new CommandProblem(`${name} (${to.host}:${port}): ${causeOf(error)}`);
  } finally {
    signal.removeEventListener('abort', end);
    stdin.unpipe(socket);
    socket.destroy();
  }
};

const nslookup: Command = async ({ args, world, stdout, stderr }) => {
  const [name] = args;
  if (name === undefined) throw new CommandProblem('usage: nslookup HOST');
  const [server = ''] = world.nameservers;
  const found = await world.resolve(name);
  if (!found) {
    await stdout.write(';; connection timed out; no servers could be reached\n\n');
    return 1;
  }
  await stdout.write(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`);
  if (found.length === 0) {
    await stderr.write(`** server can't find ${name}: NXDOMAIN\n`);
    return 1;
  }
  for (const address of found) await stdout.write(`Name:\t${name}\nAddress: ${address}\n`);
  await stdout.write('\n');
  return 0;
};

export const networkCommands: Readonly<Record<string, Command>> = { wget, curl, nc, nslookup };
