/**
 * The certificate of the workloads that speak TLS: self-signed, made once by each node process.
 *
 * Written here in DER (RFC 5280) because this one shape is all a node needs: the library that makes the
 * cluster's own certificates would take 20 MB of each node's memory.
 */
import { generateKeyPair, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';

export interface ServingCredential {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** Names that nobody would ask for: the apiserver proxy and its like do not verify pods. */
const names = ['workloads.cluster.local', 'localhost'] as const;
const dayMs = 24 * 60 * 60_000;

let made: Promise<ServingCredential> | undefined;

export function servingCredential(): Promise<ServingCredential> {
  return (made ??= makeCredential());
}

/** DER's tags; `explicit` ones stand for the field of this number. */
const tags = { integer: 2, bits: 3, octets: 4, oid: 6, utf8: 12, time: 23, sequence: 48, set: 49 };
const explicit = (field: number) => 0xa0 + field;
const dnsName = 0x82;

/** Object identifiers, already in DER. */
const ids = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  subjectAltName: [0x55, 0x1d, 0x11],
} as const;

async function makeCredential(): Promise<ServingCredential> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', {
    namedCurve: 'P-256',
  });
  const algorithm = sequence(oid(ids.ecdsaWithSha256));
  const name = sequence(
    der(tags.set, sequence(oid(ids.commonName), der(tags.utf8, Buffer.from(names[0])))),
  );
  const alternatives = sequence(...names.map((text) => der(dnsName, Buffer.from(text))));
  const content = sequence(
    // Version 3.
    der(explicit(0), der(tags.integer, Buffer.from([2]))),
    // A serial number above 0, whatever the random bits.
    der(tags.integer, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(time(Date.now() - dayMs), time(Date.now() + 365 * dayMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(explicit(3), sequence(sequence(oid(ids.subjectAltName), der(tags.octets, alternatives)))),
  );
  const signature = sign('sha256', content, privateKey);
  const bits = der(tags.bits, Buffer.from([0]), signature);
  const base64 = sequence(content, algorithm, bits).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return {
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(value.length)]), value]);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(tags.sequence, ...parts);
}

function oid(bytes: readonly number[]): Buffer {
  return der(tags.oid, Buffer.from(bytes));
}

/** `261122083000Z`: UTCTime, good until 2049. */
function time(ms: number): Buffer {
  const digits = new Date(ms)
    .toISOString()
    .replaceAll(/[-:T]|\.\d+/g, '')
    .slice(2);
  return der(tags.time, Buffer.from(digits));
}
