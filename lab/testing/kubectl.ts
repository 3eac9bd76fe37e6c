/** The real kubectl, for tests that drive the lab with it. */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why a test with kubectl cannot run here; undefined where it can. In CI a lack is a failure. */
export function missingKubectl(): string | undefined {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return undefined;
  } catch {
    const reason = 'kubectl is not on the PATH';
    if (process.env.CI) throw new Error(`${reason}: a test needs it`);
    return reason;
  }
}

/** Runs kubectl against a kubeconfig and gives its output; a failure rejects with its stderr. */
export async function kubectl(
  kubeconfig: string,
  ...args: readonly string[]
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return run('kubectl', ['--kubeconfig', kubeconfig, ...args], { timeout: 15_000 });
}
