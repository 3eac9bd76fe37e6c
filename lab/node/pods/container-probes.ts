/** The probes of a running container: startup first, then readiness and liveness. */
import type { ContainerSpec, Probe } from './pod.ts';
import { tryProbe, type ProbeContext } from './probe.ts';
import { startProber } from './prober.ts';

export interface ProbeDuty {
  readonly attempt: ProbeContext;
  /** The startup probe has succeeded. */
  onStarted(): void;
  onReady(isWell: boolean): void;
  /** `Readiness probe failed: HTTP probe failed with statuscode: 500` */
  onUnhealthy(message: string): void;
  /** `liveness probe`, `startup probe`: the container is to be killed. */
  onDead(why: string): void;
}

/** Starts with the container; disposing it ends all probing. */
export function superviseProbes(spec: ContainerSpec, duty: ProbeDuty): Disposable {
  const running: Disposable[] = [];
  const start = (kind: string, probe: Probe | undefined, onVerdict: (isWell: boolean) => void) => {
    if (!probe) return;
    const prober = startProber({
      probe,
      onVerdict,
      onFailure: (message) => duty.onUnhealthy(`${kind} probe failed: ${message}`),
      attempt: () => tryProbe(probe, duty.attempt),
    });
    running.push(prober);
  };
  const startOthers = () => {
    start('Readiness', spec.readinessProbe, (isWell) => duty.onReady(isWell));
    start('Liveness', spec.livenessProbe, (isWell) => {
      if (!isWell) duty.onDead('liveness probe');
    });
  };
  if (spec.startupProbe) {
    start('Startup', spec.startupProbe, (isWell) => {
      stop();
      if (!isWell) {
        duty.onDead('startup probe');
        return;
      }
      duty.onStarted();
      startOthers();
    });
  } else {
    startOthers();
  }
  const stop = () => {
    for (const prober of running.splice(0)) prober[Symbol.dispose]();
  };
  return { [Symbol.dispose]: stop };
}
