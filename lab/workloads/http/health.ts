/** What probes ask. */
import type { Handler, Routes } from './exchange.ts';

const ok: Handler = ({ response }) => {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end('ok\n');
};

export const healthRoutes: Routes = { healthz: ok, readyz: ok };
