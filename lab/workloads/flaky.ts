/**
 * `flaky`: an echo whose readiness changes. `/toggle` turns it (or `/toggle?ready=true` sets it), and
 * `/readyz` tells it. Arguments: `--ready=true|false` at the start, `--toggle-seconds=` to turn by itself.
 */
import { secondsArgument, type Arguments } from './arguments.ts';
import { echo, echoRoutes } from './echo.ts';
import type { Handler } from './http/exchange.ts';
import { sendText } from './http/send.ts';
import { serveHttp } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  let isReady = true;
  const set = (ready: boolean) => {
    isReady = ready;
    context.log(isReady ? 'ready' : 'not ready');
  };
  const readyz: Handler = ({ response }) => tell(response, isReady ? 200 : 503);
  const toggle: Handler = ({ response, query }) => {
    const wanted = query.get('ready');
    set(wanted === null ? !isReady : wanted === 'true');
    tell(response, 200);
  };
  const tell = (response: Parameters<Handler>[0]['response'], status: number) => {
    sendText(response, status, isReady ? 'ready' : 'not ready');
  };

  const { workload, lifecycle, given } = await serveHttp(context, {
    routes: { ...echoRoutes, readyz, toggle },
    otherwise: echo,
    argumentNames: ['ready', 'toggle-seconds'],
    check: readPeriod,
  });
  if (given.ready === 'false') set(false);
  const seconds = readPeriod(given);
  if (seconds > 0) {
    const timer = setInterval(() => set(!isReady), seconds * 1000);
    lifecycle.stopping.addEventListener('abort', () => clearInterval(timer), { once: true });
  }
  return workload;
};

function readPeriod(given: Arguments): number {
  return secondsArgument(given, 'toggle-seconds');
}
