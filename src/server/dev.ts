/** `/live/*` in Astro's development server, on the lab, with the handlers as they are on disk now. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import type { Connect, ViteDevServer } from 'vite';
import { pagesDoorPort } from '../pages-door.ts';
import type * as liveModule from './live/live.ts';
import type * as messagesModule from './live/messages.ts';
import type { StartedBackend } from './live/start-backend.ts';

const proxyPort = 8001;
const directory = fileURLToPath(new URL('../../.lab/dev', import.meta.url));

type LiveModule = typeof liveModule;
type MessagesModule = typeof messagesModule;

/** Starts the lab with the development server, and ends it with it. Builds are none of its business. */
export function liveInDevelopment(): AstroIntegration {
  let starting: Promise<StartedBackend | null> | undefined;
  let handlers: ReloadingHandlers | undefined;
  return {
    name: 'live',
    hooks: {
      'astro:server:setup': async ({ server, logger }) => {
        const { startBackend } = await import('./live/start-backend.ts');
        let backend: StartedBackend | null = null;
        starting = startBackend({ directory, proxyPort, pagesPort: pagesDoorPort }).then(
          (started) => {
            logger.info(`kubectl proxy at http://${started.kubectlProxy.address}`);
            return (backend = started);
          },
          (error: unknown) => {
            logger.error(String(error));
            return null;
          },
        );
        const reloading = reloadingHandlers(server, () => backend);
        handlers = reloading;
        // Astro puts its check for trailing slashes in front of all middleware: this goes before it.
        server.httpServer?.once('listening', () => {
          server.middlewares.stack.unshift({ route: '', handle: liveFirst(reloading) });
        });
      },
      'astro:server:done': async () => {
        await handlers?.[Symbol.asyncDispose]();
        const started = await starting;
        await started?.[Symbol.asyncDispose]();
      },
    },
  };
}

function liveFirst(handlers: ReloadingHandlers): Connect.NextHandleFunction {
  return (request, response, next) => {
    if (!/^\/live(?:[/?]|$)/.test(request.url ?? '')) next();
    else handlers.handle(request, response).catch(next);
  };
}

interface ReloadingHandlers extends AsyncDisposable {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Vite gives the same module until a file it is made of changes: then visits end and new code answers. */
function reloadingHandlers(
  server: ViteDevServer,
  backend: () => StartedBackend | null,
): ReloadingHandlers {
  let current: { readonly module: LiveModule; readonly live: liveModule.Live } | undefined;
  return {
    async handle(request, response) {
      const [module, { forgetMessages }] = (await Promise.all([
        server.ssrLoadModule('/src/server/live/live.ts'),
        server.ssrLoadModule('/src/server/live/messages.ts'),
      ])) as [LiveModule, MessagesModule];
      if (current?.module !== module) {
        await current?.live[Symbol.asyncDispose]();
        current = { module, live: module.createLive({ backend }) };
      }
      forgetMessages();
      await current.live.handle(request, response);
    },
    async [Symbol.asyncDispose]() {
      await current?.live[Symbol.asyncDispose]();
    },
  };
}
