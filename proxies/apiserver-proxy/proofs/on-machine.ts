/** Questions that are put from a machine of the running lab, as its administrator or as nobody. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { ApiConnection } from '../../kit/api/api-client.ts';
import { collectHops } from '../../kit/collect-hops.ts';
import type { Hop } from '../../kit/hop.ts';
import type { LabMachines } from '../../kit/proof.ts';

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What the program on the machine reads. */
export interface MachineQuestions {
  readonly server: string;
  readonly ca: string;
  readonly questions: readonly (
    | {
        readonly path: string;
        readonly headers: Readonly<Record<string, string>>;
        readonly certificate?: Certificate;
      }
    | { readonly host: string; readonly port: number }
  )[];
}

/** A status, or 1 for a connection; 0 where there was neither, and why. */
export interface MachineAnswer {
  readonly status: number;
  readonly body: string;
  readonly cause: string;
}

export type Question =
  | {
      readonly path: string;
      readonly as: 'administrator' | 'nobody';
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly host: string; readonly port: number };

const program = fileURLToPath(new URL('machine-client.ts', import.meta.url));

/**
 * Puts the questions, one after the other, and tells the hops of those that were let in.
 *
 * @throws Error when the program fails: nothing was learnt then.
 */
export async function askFrom(
  machine: string,
  machines: LabMachines,
  administrator: ApiConnection,
  questions: readonly Question[],
  onHop: (hop: Hop) => void,
): Promise<readonly MachineAnswer[]> {
  const { caPem: ca, certPem: cert = '', keyPem: key = '' } = administrator;
  const asked: MachineQuestions = {
    server: machines.server,
    ca,
    questions: questions.map((question) =>
      'host' in question
        ? question
        : {
            path: question.path,
            // The request's name, which its hops have.
            headers: { 'Audit-ID': randomUUID(), ...question.headers },
            ...(question.as === 'administrator' && { certificate: { cert, key } }),
          },
    ),
  };
  using hops = collectHops(machines, onHop);
  await hops.ready;
  const argv = [process.execPath, '--no-warnings', program];
  const { status, stdout, stderr } = await machines.run(machine, argv, JSON.stringify(asked));
  if (status !== 0) throw new Error(stderr);
  const answers = JSON.parse(stdout) as readonly MachineAnswer[];
  const admitted = asked.questions.flatMap((question, index) =>
    'headers' in question && answers[index]?.status === 200
      ? (question.headers['Audit-ID'] ?? '')
      : [],
  );
  await hops.of(admitted);
  return answers;
}
