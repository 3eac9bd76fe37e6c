/** `<hop-console>`: a request of the reader's own through the running proxy. */
export class HopConsole extends HTMLElement {
  #running: AbortController | undefined;

  connectedCallback(): void {
    this.querySelector('form')?.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  disconnectedCallback(): void {
    this.#running?.abort();
  }

  async #send(): Promise<void> {
    const element = this.querySelector('output');
    const method = this.querySelector('select')?.value ?? 'GET';
    const path = this.querySelector('input')?.value ?? '/';
    if (!element) return;
    this.#running?.abort();
    this.#running = new AbortController();
    const via = this.dataset.via ?? '';
    const { follow, LiveMap } = await import('./follow.ts');
    await follow(
      { path: `/live/via/${via}${path}`, method, signal: this.#running.signal },
      element,
      new LiveMap(via, null),
    );
  }
}
