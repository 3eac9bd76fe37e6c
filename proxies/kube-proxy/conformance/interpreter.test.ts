import { describe, expect, it } from 'vitest';
import { conformanceCases } from './cases/all.ts';
import { inInterpreter } from './runners/in-interpreter.ts';
import { expectedLines, observedLines } from './runners/report.ts';
import { walkCase } from './runners/walk-case.ts';

describe('conformance, by an interpreter of the rules', () => {
  it.each(conformanceCases)('$name', async (one) => {
    const walked = await walkCase(one, inInterpreter());
    expect(observedLines(walked)).toEqual(expectedLines(walked));
  });
});
