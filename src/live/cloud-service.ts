/** `<hop-cloud-service>`: creates a Service of type LoadBalancer in the cloud that is chosen, and draws what becomes of it. */
import { cloudServiceRows, type CloudServiceStep } from '../cloud-service-rows.ts';
import type { RecordedCloudServices } from '../recorded-cloud-services.ts';
import type { LiveLine } from '../server/live/lines.ts';
import { whatIsBehind } from './behind.ts';
import { Experiment } from './experiment.ts';
import { words } from './words.ts';

/** What is said aloud, too: not each event. */
const milestones = new Set(['made', 'status', 'packet', 'pending', 'settled', 'deleted', 'gone']);

class HopCloudService extends Experiment {
  #steps: CloudServiceStep[] = [];
  readonly #delete = document.createElement('button');
  #loading: Promise<RecordedCloudServices> | undefined;
  #recorded: RecordedCloudServices = {};
  #when: Element | null = null;

  protected override get path(): string {
    return `/live/cloud-service/${this.#choice()}`;
  }

  protected override async isPossible(): Promise<boolean> {
    const isLab = (await whatIsBehind()) === 'lab';
    await this.#offer(isLab);
    return isLab;
  }

  protected override place(button: HTMLButtonElement): void {
    this.#delete.className = 'button quiet';
    this.#delete.type = 'button';
    this.#delete.hidden = true;
    this.#delete.textContent = this.dataset.delete ?? '';
    this.#delete.addEventListener('click', () => {
      this.#hideDelete();
      void fetch('/live/cloud-service', { method: 'DELETE' }).catch(() => undefined);
    });
    this.querySelector('form')?.append(button, this.#delete);
  }

  protected override begin(): void {
    this.#steps = [];
    this.#draw();
    this.#choices().forEach((select) => (select.disabled = true));
  }

  protected override note(line: LiveLine): void {
    if (!('atMs' in line && 'text' in line)) return;
    this.#steps.push(line);
    if (milestones.has(line.type)) this.say(line.text.replaceAll('`', ''));
    if (line.type === 'settled') this.#delete.hidden = false;
    if (line.type === 'deleted') this.#hideDelete();
    this.#draw();
  }

  protected override end(): void {
    this.#hideDelete();
    this.#choices().forEach((select) => (select.disabled = false));
  }

  /** Its choices, and what was recorded of each: where nothing runs, no others. */
  async #offer(isLab: boolean): Promise<void> {
    const form = this.querySelector('form');
    if (!form?.hidden) return;
    this.#when = this.querySelector('.when');
    this.#expect();
    if (!isLab) await this.#load();
    form.hidden = false;
    form.addEventListener('change', () => {
      if (!isLab) this.#offerRecorded();
      this.#expect();
      void this.#load().then(() => this.#showRecorded());
    });
    if (!isLab) this.#offerRecorded();
  }

  /** Once, when another cloud is chosen. Written by our own build: not parsed again. */
  async #load(): Promise<void> {
    this.#loading ??= fetch(`/${words.tag.toLowerCase()}/cloud-service.json`)
      .then(async (response) =>
        response.ok ? ((await response.json()) as RecordedCloudServices) : {},
      )
      .catch(() => ({}));
    this.#recorded = await this.#loading;
  }

  /** Whoever chooses a cloud whose protocols were not all recorded gets one that was. */
  #offerRecorded(): void {
    const [cloud, ports] = this.#choices();
    if (!cloud || !ports) return;
    for (const option of ports.options) {
      option.disabled = !Object.hasOwn(this.#recorded, `${cloud.value}/${option.value}`);
    }
    if (ports.selectedOptions[0]?.disabled === true) ports.value = 'tcp';
  }

  /** Not over what has begun to run. */
  #showRecorded(): void {
    if (this.ariaBusy === 'true') return;
    const recorded = this.#recorded[this.#choice()];
    this.#steps = [...(recorded?.steps ?? [])];
    this.#draw();
    this.say(recorded?.text ?? this.dataset.unrecorded ?? '');
    if (recorded && this.#when) this.append(this.#when);
    else this.querySelector('.when')?.remove();
  }

  /** The cloud's row of the table below. */
  #expect(): void {
    const title = this.#choices()[0]?.selectedOptions[0]?.textContent.trim();
    const row = [...document.querySelectorAll('#table-providers tbody tr')].find(
      (one) => one.firstElementChild?.textContent.trim() === title,
    );
    const cells = [...(row?.children ?? [])].slice(1).flatMap((cell) => {
      // Where it comes from stands in the table.
      if (cell.querySelector('a')) return [];
      const term = document.createElement('dt');
      term.textContent = cell.getAttribute('data-column');
      const said = document.createElement('dd');
      said.append(...[...cell.childNodes].map((node) => node.cloneNode(true)));
      return [term, said];
    });
    this.querySelector('dl')?.replaceChildren(...cells);
  }

  #draw(): void {
    const body = this.querySelector('tbody');
    const stations = (this.dataset.stations ?? '').split('|');
    // The sentences are escaped.
    if (body) body.innerHTML = cloudServiceRows(this.#steps, { tag: words.tag, stations });
  }

  /** The focus does not go with it. */
  #hideDelete(): void {
    if (document.activeElement === this.#delete) this.querySelector('button')?.focus();
    this.#delete.hidden = true;
  }

  #choice(): string {
    return this.#choices()
      .map(({ value }) => value)
      .join('/');
  }

  #choices(): HTMLSelectElement[] {
    return [...this.querySelectorAll('select')];
  }
}

customElements.define('hop-cloud-service', HopCloudService);
