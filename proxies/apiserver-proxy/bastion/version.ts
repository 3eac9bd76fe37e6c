/** `/version`: which program this is, in the shape that Kubernetes' clients read. */
import { readFileSync } from 'node:fs';
import { arch, platform, version } from 'node:process';
import * as z from 'zod';
import type { JsonObject } from '../../kit/api/json.ts';
import { apiserverProxy } from '../descriptor.ts';

const manifestSchema = z.object({ version: z.string() });

/** `v1.36.0+hop.0.1.0`: the Kubernetes version that it behaves as, and its own. */
export function versionInfo(): JsonObject {
  const [major = '', minor = ''] = apiserverProxy.upstream.version.split('.');
  return {
    major,
    minor,
    gitVersion: `v${major}.${minor}.0+hop.${ownVersion()}`,
    compiler: `node ${version}`,
    platform: `${platform}/${arch === 'x64' ? 'amd64' : arch}`,
  };
}

function ownVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}
