/** Questions that are put from a machine of the running lab, as its administrator or as nobody. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ApiConnection } from '../../kit/api/api-client.ts';
import { parseKubeconfig } from '../../kit/kubeconfig/config-file.ts';
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

/** @throws Error when the program fails: nothing was learnt then. */
export async function askFrom(
  machine: string,
  machines: LabMachines,
  administrator: ApiConnection,
  questions: readonly Question[],
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
            headers: question.headers ?? {},
            ...(question.as === 'administrator' && { certificate: { cert, key } }),
          },
    ),
  };
  const argv = [process.execPath, '--no-warnings', program];
  const { status, stdout, stderr } = await machines.run(machine, argv, JSON.stringify(asked));
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as readonly MachineAnswer[];
}

/** As the administrator of the running lab, from where we are. */
export async function administratorOf(kubeconfigPath: string): Promise<ApiConnection> {
  const { clusters, users } = parseKubeconfig(await readFile(kubeconfigPath, 'utf8'));
  const [[, cluster] = []] = clusters;
  const [[, user] = []] = users;
  if (!cluster || !user) throw new Error(`${kubeconfigPath} names no cluster or no user`);
  return {
    server: cluster.server,
    caPem: cluster.certificateAuthorityData.toString(),
    certPem: user.clientCertificateData.toString(),
    keyPem: user.clientKeyData.toString(),
    userAgent: 'hop-proof',
  };
}
