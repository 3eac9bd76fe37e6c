/** The words that the page hands to its script, in the reader's language. */
import type { HeldFault, MachineAction, MachineState } from '../../lab/machines/machine.ts';

export interface Words {
  readonly tag: string;
  readonly copy: string;
  readonly copied: string;
  readonly search: { readonly none: string; readonly failed: string };
  /** Absent on pages where nothing runs. */
  readonly run?: RunWords;
  /** Only where the lab is shown. */
  readonly lab?: LabWords;
}

export interface LabWords {
  readonly states: Readonly<Record<MachineState, string>>;
  readonly faults: Readonly<Record<HeldFault, string>>;
  readonly actions: Readonly<Record<MachineAction, string>>;
}

export interface RunWords {
  readonly run: string;
  readonly again: string;
  readonly cancel: string;
  readonly cancelled: string;
  /** The button's text where nothing runs. */
  readonly recording: string;
  readonly failed: string;
}

/** Reads the words out of the page. Written by our own build: not parsed again. */
export const words = JSON.parse(document.getElementById('words')?.textContent ?? '{}') as Words;
