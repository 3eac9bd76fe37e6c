/** Everything the page does beyond being read. Without it the page still reads. */
import { HopConsole } from './console.ts';
import { markSections } from './contents.ts';
import { addCopyButtons } from './copy.ts';
import { keepAnchor } from './languages.ts';
import { HopRun } from './run.ts';
import { offerSearch } from './search-key.ts';
import { rememberTheme } from './theme.ts';

rememberTheme();
keepAnchor();
markSections();
addCopyButtons();
offerSearch();
customElements.define('hop-run', HopRun);
customElements.define('hop-console', HopConsole);
if (document.querySelector('hop-lab')) void import('./lab.ts');
if (document.querySelector('hop-balance')) void import('./balance.ts');
if (document.querySelector('hop-failover')) void import('./failover.ts');
if (document.querySelector('hop-cloud-service')) void import('./cloud-service.ts');
if (document.querySelector('hop-rules')) void import('./rules.ts');
