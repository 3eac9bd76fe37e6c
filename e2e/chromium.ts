/** How the tests and the screenshots start the system's Chromium. */
import { chromium, type BrowserServer } from 'playwright-core';

/** It knows no host but this machine, and calls none. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** One browser for everybody who connects to its endpoint. */
export function launchChromium(executablePath: string): Promise<BrowserServer> {
  return chromium.launchServer({
    executablePath,
    headless: true,
    chromiumSandbox: false,
    args: flags,
  });
}
