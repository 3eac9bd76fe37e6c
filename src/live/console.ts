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
    this.#running?.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    const { sendOwnRequest } = await import('./own-request.ts');
    await sendOwnRequest(this, signal);
  }
}
