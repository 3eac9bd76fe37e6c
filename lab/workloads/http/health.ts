/** What probes ask. */
import type { Handler, Routes } from './exchange.ts';
import { sendText } from './send.ts';

const ok: Handler = ({ response }) => sendText(response, 200, 'ok');

export const healthRoutes: Routes = { healthz: ok, readyz: ok };
