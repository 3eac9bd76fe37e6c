/** Runs a credential plugin and keeps what it says (client-go `plugin/pkg/client/auth/exec/exec.go`). */
import { spawn } from 'node:child_process';
import { createSecureContext } from 'node:tls';
import type { ExecEntry } from './config-file.ts';
import { errorCode } from './errors.ts';
import { decodeExecCredential } from './exec-credential.ts';
import type { Environment } from './load.ts';
import type { KeyPair } from './tls-client.ts';

export interface ExecCredentials {
  readonly token: string;
  readonly pair: KeyPair | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface ExecPlugin {
  /** What it last said, while that is good; asks it otherwise. Only one run at a time. */
  credentials(): ExecCredentials | Promise<ExecCredentials>;
  /** Asks anew, unless somebody has since `refused` was handed out. */
  refuse(refused: ExecCredentials): Promise<ExecCredentials>;
  readonly last: ExecCredentials | null;
}

export interface ExecSurroundings {
  readonly env: Environment;
  readonly isTerminal: boolean;
  /** Ends a plugin that is still running: none outlives who asked it. */
  readonly signal: AbortSignal | undefined;
  /** `spec.cluster`, where the plugin asked for it. */
  readonly cluster: Readonly<Record<string, unknown>> | null;
  readonly onChange: (now: ExecCredentials, before: ExecCredentials | null) => void;
}

/** @throws Error for an API version that no plugin may speak any more. */
export function createExecPlugin(exec: ExecEntry, surroundings: ExecSurroundings): ExecPlugin {
  if (!/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(exec.apiVersion)) {
    throw new Error(`exec plugin: invalid apiVersion ${JSON.stringify(exec.apiVersion)}`);
  }
  let last: ExecCredentials | null = null;
  let running: Promise<ExecCredentials> | null = null;
  let hints = 0;

  const ask = async () => {
    try {
      const said = await run(exec, surroundings, () => hints++ < maxHints);
      const before = last;
      last = said;
      surroundings.onChange(said, before);
      return said;
    } finally {
      running = null;
    }
  };
  return {
    credentials: () => {
      if (running !== null) return running;
      return last !== null && Date.now() <= last.expiresAt ? last : (running = ask());
    },
    refuse: (refused) => {
      if (running !== null) return running;
      return last !== null && last !== refused ? Promise.resolve(last) : (running = ask());
    },
    get last() {
      return last;
    },
  };
}

/** The long hint is for people: not for the hundredth line of a log. */
const maxHints = 10;

const installationHelp = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`;

async function run(
  exec: ExecEntry,
  { env, isTerminal, signal, cluster }: ExecSurroundings,
  mayHint: () => boolean,
): Promise<ExecCredentials> {
  if (exec.interactiveMode === 'Always' && !isTerminal) {
    throw new Error(
      'exec plugin cannot support interactive mode: standard input is not a terminal',
    );
  }
  const isInteractive = exec.interactiveMode !== 'Never' && isTerminal;
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: { ...(cluster && { cluster }), interactive: isInteractive },
  };
  const stdio = isInteractive ? 'inherit' : 'ignore';
  const stdout = await output(
    exec,
    { stdio, signal, mayHint },
    {
      ...env,
      ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])),
      // Go ends an encoded object with a newline.
      KUBERNETES_EXEC_INFO: `${JSON.stringify(info)}\n`,
    },
  );
  const { token, certificate, key, expiresAt } = decodeExecCredential(stdout, exec.apiVersion);
  if (certificate === '') return { token, pair: null, expiresAt };
  const pair = { certificate: Buffer.from(certificate), key: Buffer.from(key) };
  try {
    createSecureContext({ cert: pair.certificate, key: pair.key });
  } catch (error) {
    throw new Error(`failed parsing client key/certificate: tls: ${(error as Error).message}`);
  }
  return { token, pair, expiresAt };
}

interface OutputOptions {
  readonly stdio: 'inherit' | 'ignore';
  readonly signal: AbortSignal | undefined;
  readonly mayHint: () => boolean;
}

function output(
  exec: ExecEntry,
  { stdio, signal, mayHint }: OutputOptions,
  env: Environment,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(exec.command, [...exec.args], {
      env: { ...env },
      stdio: [stdio, 'pipe', 'inherit'],
      ...(signal && { signal }),
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => {
      const isMissing = ['ENOENT', 'EACCES'].includes(errorCode(error));
      const hint = exec.installHint === '' ? '' : `\n\n${printable(exec.installHint)}`;
      const help = isMissing && mayHint() ? installationHelp + hint : '';
      reject(
        new Error(
          isMissing
            ? `exec: executable ${exec.command} not found${help}`
            : `exec: ${error.message}`,
        ),
      );
    });
    child.once('close', (status) => {
      if (status === 0) resolve(Buffer.concat(chunks).toString('utf8'));
      else {
        reject(new Error(`exec: executable ${exec.command} failed with exit code ${status ?? -1}`));
      }
    });
  });
}

/** A hint comes from a file: it may not steer the terminal. */
function printable(hint: string): string {
  return hint.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\t-\r]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
