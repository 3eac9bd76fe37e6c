/** A process that does nothing but hold the lab, as `hop lab` does. */
import { startLab } from '../../lab/index.ts';
import { runProgram } from '../../lab/machines/program.ts';

await runProgram(['directory'], ({ directory = '' }) => startLab({ directory }));
