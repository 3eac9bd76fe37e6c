/** `<hop-lab>`: follows the machines of the lab, and lets whoever sits at it kill, pause and cut them. */
import type { MachineAction } from '../../lab/machines/machine.ts';
import type { LabStatus, ShownMachine } from '../server/live/machines.ts';
import { whatIsBehind } from './behind.ts';
import { words, type LabWords } from './words.ts';

export class HopLab extends HTMLElement {
  readonly #news = document.createElement('p');
  #events: EventSource | undefined;
  readonly #states = new Map<string, string>();

  connectedCallback(): void {
    void whatIsBehind().then((kind) => {
      if (kind === 'lab' && this.isConnected) this.#begin();
    });
  }

  #begin(): void {
    this.#news.className = 'unseen';
    this.#news.role = 'status';
    this.append(this.#news);
    document.addEventListener('visibilitychange', this.#follow);
    this.#follow();
  }

  disconnectedCallback(): void {
    document.removeEventListener('visibilitychange', this.#follow);
    this.#events?.close();
  }

  /** A page that nobody looks at keeps no connection. */
  readonly #follow = (): void => {
    this.#events?.close();
    if (document.hidden) return;
    this.#events = new EventSource('/live/lab/events');
    this.#events.addEventListener('message', ({ data }: MessageEvent<string>) => {
      // Our own server, same origin: typed there and not parsed again.
      this.#show(JSON.parse(data) as LabStatus);
    });
  };

  #show({ machines, isOperable }: LabStatus): void {
    const { lab } = words;
    if (!lab) return;
    for (const machine of machines) {
      const { name, state } = machine;
      for (const drawn of this.querySelectorAll(`[data-machine="${name}"]`)) {
        drawn.setAttribute('data-state', state);
      }
      const row = this.querySelector(`li[data-machine="${name}"]`);
      if (!row) continue;
      part(row, 'state').textContent = describe(machine, lab);
      if (isOperable) this.#offer(row, machine, lab);
      const before = this.#states.get(name);
      if (before !== undefined && before !== state) {
        this.#news.textContent = `${name}: ${lab.states[state]}`;
      }
      this.#states.set(name, state);
    }
  }

  /** Its buttons stay the same elements, so that the keyboard's focus stays where it is. */
  #offer(row: Element, machine: ShownMachine, lab: LabWords): void {
    const acts = part(row, 'acts');
    for (const [index, action] of offered(machine).entries()) {
      const existing = acts.children[index];
      const button =
        (existing as HTMLButtonElement | undefined) ?? document.createElement('button');
      if (!existing) {
        button.className = 'button quiet';
        button.addEventListener('click', () => {
          void this.#act(machine.name, button.getAttribute('value') ?? '');
        });
        acts.append(button);
      }
      // What does not run can be neither paused nor killed again.
      button.disabled = machine.state === 'ended' && index > 0;
      if (button.getAttribute('value') === action) continue;
      button.setAttribute('value', action);
      button.textContent = lab.actions[action];
      button.ariaLabel = `${lab.actions[action]}: ${machine.name}`;
    }
  }

  async #act(name: string, action: string): Promise<void> {
    const response = await fetch(`/live/lab/${name}/${action}`, {
      method: 'POST',
      headers: { 'Accept-Language': words.tag },
    }).catch(() => null);
    if (!response || response.ok) return;
    const { message } = (await response.json()) as { readonly message: string };
    const row = this.querySelector(`li[data-machine="${name}"]`);
    if (row) part(row, 'state').textContent = message;
    this.#news.textContent = message;
  }
}

customElements.define('hop-lab', HopLab);

/** Three buttons, whatever has been done: each does a thing, or undoes it. */
function offered({ state, faults }: ShownMachine): readonly MachineAction[] {
  return [
    state === 'ended' ? 'restart' : 'kill',
    faults.includes('paused') ? 'resume' : 'pause',
    faults.includes('cut') ? 'mend' : 'cut',
  ];
}

function describe({ state, faults, residentBytes, message }: ShownMachine, lab: LabWords): string {
  const size =
    residentBytes === null
      ? []
      : [
          new Intl.NumberFormat(words.tag, {
            style: 'unit',
            unit: 'megabyte',
            maximumFractionDigits: 0,
          }).format(residentBytes / 1e6),
        ];
  const held = faults.map((fault) => lab.faults[fault]);
  const said = state === 'ready' || message === undefined || held.length > 0 ? [] : [message];
  return [lab.states[state], ...held, ...size, ...said].join(' · ');
}

/** The part of a row with this class; made when it is first needed. */
function part(row: Element, name: string): Element {
  const existing = row.querySelector(`.${name}`);
  if (existing) return existing;
  const made = document.createElement('span');
  made.className = name;
  row.append(made);
  return made;
}
