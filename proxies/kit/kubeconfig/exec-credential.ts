/** What a credential plugin prints: an `ExecCredential`, parsed at the border. */
import * as z from 'zod';
import { noVersionOrKind } from './decoding-problem.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const headSchema = z.object({ apiVersion: text, kind: text });

const credentialSchema = z.object({
  status: z
    .object({
      token: text,
      clientCertificateData: text,
      clientKeyData: text,
      expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
    })
    .nullish(),
});

export interface DecodedCredential {
  readonly token: string;
  readonly certificate: string;
  readonly key: string;
  /** Milliseconds since the epoch; Infinity where it does not expire. */
  readonly expiresAt: number;
}

/** @throws Error in upstream's words for output that is no usable credential. */
export function decodeExecCredential(stdout: string, apiVersion: string): DecodedCredential {
  const value = json(stdout);
  const head = headSchema.safeParse(value);
  if (!head.success) throw noVersion(goKind(value));
  if (head.data.apiVersion === '' && head.data.kind === '') {
    throw new Error(`decoding stdout: Object 'Kind' is missing in '${stdout}'`);
  }
  const isKnown = /^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(head.data.apiVersion);
  if (!isKnown || head.data.kind !== 'ExecCredential') {
    throw new Error(
      `decoding stdout: no kind ${JSON.stringify(head.data.kind)} is registered for version ${JSON.stringify(head.data.apiVersion)} in scheme "pkg/client/auth/exec/exec.go:62"`,
    );
  }
  if (head.data.apiVersion !== apiVersion) {
    throw new Error(
      `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${head.data.apiVersion}`,
    );
  }
  const parsed = credentialSchema.safeParse(value);
  if (!parsed.success) {
    throw new Error(`decoding stdout: ${parsed.error.issues[0]?.message ?? 'no ExecCredential'}`);
  }
  const { status } = parsed.data;
  if (!status) throw new Error("exec plugin didn't return a status field");
  const { token, clientCertificateData: certificate, clientKeyData: key } = status;
  if (token === '' && certificate === '' && key === '') {
    throw new Error("exec plugin didn't return a token or cert/key pair");
  }
  if ((certificate === '') !== (key === '')) {
    throw new Error('exec plugin returned only certificate or key, not both');
  }
  const expiresAt = status.expirationTimestamp ? Date.parse(status.expirationTimestamp) : Infinity;
  return { token, certificate, key, expiresAt };
}

function json(stdout: string): unknown {
  try {
    return JSON.parse(stdout) as unknown;
  } catch {
    // Upstream tries YAML next, in which a line of prose is a string.
    throw noVersion(stdout.trim() === '' ? 'empty' : 'string');
  }
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function noVersion(kind: string): Error {
  return new Error(`decoding stdout: ${noVersionOrKind(kind)}`);
}
