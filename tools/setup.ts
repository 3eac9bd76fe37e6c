/** Installs, or names, the programs of the system that the tests need. Quiet when all are there. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadMessages, localeFromEnvironment } from '../proxies/kit/messages.ts';
import { debianKubectl, installDebianKubectl } from '../lab/testing/install-kubectl.ts';
import { findProgram } from '../proxies/kit/testing/needs.ts';

interface Tool {
  readonly name: string;
  readonly isThere: () => boolean;
  /** Its package, per package manager; where there is none, it cannot be had there. */
  readonly packages: Readonly<Partial<Record<PackageManager, string>>>;
}

type PackageManager = 'apt' | 'dnf' | 'brew';

const nginxStreamModules = [
  '/usr/lib/nginx/modules/ngx_stream_module.so',
  '/usr/lib64/nginx/modules/ngx_stream_module.so',
];

const tools: readonly Tool[] = [
  {
    name: 'chromium',
    isThere: () => findProgram('chromium') !== null,
    packages: { apt: 'chromium', dnf: 'chromium', brew: '--cask chromium' },
  },
  {
    name: 'nft',
    isThere: () => findProgram('nft') !== null,
    packages: { apt: 'nftables', dnf: 'nftables' },
  },
  {
    name: 'ip',
    isThere: () => findProgram('ip') !== null,
    packages: { apt: 'iproute2', dnf: 'iproute' },
  },
  {
    // Debian's package conflicts with a kubectl that came another way: asked for only where there is none.
    name: 'kubectl',
    isThere: () => findProgram('kubectl') !== null,
    packages: { apt: 'kubernetes-client', dnf: 'kubernetes-client', brew: 'kubernetes-cli' },
  },
  {
    name: 'nginx',
    isThere: () => findProgram('nginx') !== null,
    packages: { apt: 'nginx-light', dnf: 'nginx', brew: 'nginx' },
  },
  {
    name: 'nginx stream module',
    isThere: () => process.platform !== 'linux' || nginxStreamModules.some((p) => existsSync(p)),
    packages: { apt: 'libnginx-mod-stream', dnf: 'nginx-mod-stream' },
  },
  {
    name: 'haproxy',
    isThere: () => findProgram('haproxy') !== null,
    packages: { apt: 'haproxy', dnf: 'haproxy', brew: 'haproxy' },
  },
];

const messages = loadMessages(localeFromEnvironment(process.env) ?? 'en');

const manager = packageManager();
setUp();
if (manager === 'apt' && !existsSync(debianKubectl)) await addOldKubectl();

function setUp(): void {
  const missing = tools.filter(
    (tool) => !tool.isThere() && (manager === null || tool.packages[manager] !== undefined),
  );
  if (missing.length === 0) return;
  console.log(messages.say('setup.missing', { tools: missing.map(({ name }) => name) }));
  const packages = missing
    .flatMap((tool) => (manager === null ? [] : [tool.packages[manager]]))
    .join(' ');
  if (manager === 'apt' && process.getuid?.() === 0) {
    install(packages);
    return;
  }
  console.log(messages.say(`setup.how-${manager ?? 'other'}`, { packages }));
  console.log(messages.say('setup.effect'));
}

/** The lab must please the oldest kubectl, too; it stands beside the machine's own. */
async function addOldKubectl(): Promise<void> {
  console.log(messages.say('setup.installing', { packages: 'kubernetes-client' }));
  try {
    await installDebianKubectl();
  } catch {
    // The package lists of a new machine are empty.
    aptGet('update');
    await installDebianKubectl().catch(() => {
      console.error(
        messages.say('setup.failed', { command: 'apt-get', packages: 'kubernetes-client' }),
      );
    });
  }
}

function packageManager(): PackageManager | null {
  if (existsSync('/usr/bin/apt-get')) return 'apt';
  if (existsSync('/usr/bin/dnf')) return 'dnf';
  return process.platform === 'darwin' ? 'brew' : null;
}

/** A mirror may fail once; the tests say later what is still missing. */
function install(packages: string): void {
  console.log(messages.say('setup.installing', { packages }));
  for (let attempt = 1; attempt <= 2; attempt++) {
    const isUpdated = aptGet('update');
    const options = ['install', '--yes', '--no-install-recommends'];
    if (isUpdated && aptGet(...options, ...packages.split(' '))) return;
  }
  console.error(messages.say('setup.failed', { command: 'apt-get', packages }));
  process.exitCode = 1;
}

function aptGet(...args: readonly string[]): boolean {
  const { status, stderr, stdout } = spawnSync('apt-get', ['--quiet', '--quiet', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  });
  if (status !== 0) console.error(`${stdout}${stderr}`.trim());
  return status === 0;
}
