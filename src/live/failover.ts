/** `<hop-failover>`: kills an apiserver of the lab, and draws where the connections go. */
import type { FailoverLine } from '../failover.ts';
import { drawLanes, laneRows } from '../failover-lanes.ts';
import type { LiveLine } from '../server/live/lines.ts';
import { mayOperate } from './behind.ts';
import { Experiment } from './experiment.ts';

class HopFailover extends Experiment {
  #lines: FailoverLine[] = [];
  #startedAt = 0;
  #frame = 0;

  protected override readonly path = '/live/failover';

  protected override isPossible(): Promise<boolean> {
    return mayOperate();
  }

  protected override begin(): void {
    this.#lines = [];
    this.#startedAt = performance.now();
  }

  protected override note(line: LiveLine): void {
    const { killed = '', open = '', ended = '' } = this.dataset;
    if (line.type === 'killed') this.say(killed.replace('{}', line.apiserver));
    else if (line.type === 'watch') {
      this.say(line.state === 'open' ? open.replace('{}', line.apiserver ?? '') : ended);
    } else if (line.type !== 'attempt' && line.type !== 'apiservers') return;
    this.#lines.push(line);
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  protected override end(): void {
    cancelAnimationFrame(this.#frame);
    if (this.#lines.length > 0) this.#draw();
  }

  #draw(): void {
    const lanes = drawLanes(this.#lines, performance.now() - this.#startedAt);
    const body = this.querySelector('tbody');
    // Numbers of our own; the names are escaped.
    if (body) body.innerHTML = laneRows(lanes, this.dataset.lost ?? '');
  }
}

customElements.define('hop-failover', HopFailover);
