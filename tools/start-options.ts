/** The options of `npm start`, and what is wrong with those given. */
import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';

export interface StartOptions {
  readonly host: string;
  readonly port: number;
  /** Host names that the server answers to. */
  readonly names: readonly string[];
  readonly kubeconfigPath: string | undefined;
  /** Forget what the last lab kept. */
  readonly fresh: boolean;
}

/** The key of the message that tells what is wrong, and its values. */
export interface OptionProblem {
  readonly key: 'start.unknown-option' | 'start.missing-value' | 'start.bad-port';
  readonly values: Readonly<Record<string, string>>;
}

const known = {
  port: { type: 'string', default: '4321' },
  host: { type: 'string', default: 'localhost' },
  name: { type: 'string', multiple: true },
  kubeconfig: { type: 'string' },
  fresh: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

/** @example startOptions(['--port', '8080']) // { port: 8080, host: 'localhost', … } */
export function startOptions(args: string[]): StartOptions | OptionProblem {
  const problem = firstProblem(args);
  if (problem !== null) return problem;
  const { values } = parseArgs({ args, options: known });
  const { host, name = [], port, kubeconfig, fresh } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    return { key: 'start.bad-port', values: { port } };
  }
  const kubeconfigPath = kubeconfig === undefined ? undefined : resolve(kubeconfig);
  return { host, port: Number(port), names: [host, ...name], kubeconfigPath, fresh };
}

/** What `parseArgs` would throw, in English, for people who may read another language. */
function firstProblem(args: string[]): OptionProblem | null {
  const loose = { options: known, strict: false, allowPositionals: true, tokens: true } as const;
  for (const token of parseArgs({ args, ...loose }).tokens) {
    if (token.kind === 'positional') {
      return { key: 'start.unknown-option', values: { option: token.value } };
    }
    if (token.kind !== 'option') continue;
    const { name, rawName: option, value } = token;
    if (!isKnown(name)) return { key: 'start.unknown-option', values: { option } };
    if (known[name].type === 'boolean') continue;
    if (value === undefined || (!token.inlineValue && value.startsWith('-'))) {
      return { key: 'start.missing-value', values: { option } };
    }
  }
  return null;
}

function isKnown(name: string): name is keyof typeof known {
  return Object.hasOwn(known, name);
}
