/** The Kubernetes version that the lab speaks, as `/version` gives it. */
import { arch } from 'node:process';
import type { JsonObject } from '../../proxies/kit/api/json.ts';

export const gitVersion = 'v1.33.1+hop';

export const versionInfo: JsonObject = {
  major: '1',
  minor: '33',
  gitVersion,
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2025-05-15T08:19:08Z',
  goVersion: 'go1.24.2',
  compiler: 'gc',
  platform: `linux/${arch === 'x64' ? 'amd64' : arch}`,
};

export const versionText = Buffer.from(JSON.stringify(versionInfo, null, 2));
