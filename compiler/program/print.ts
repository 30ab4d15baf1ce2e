// A program as text, for dumps: one line for each step.
//
//   build  stem.folded[d0, d1, d2, d3] = stem.kernel[d0, d1, d2, d3] · bn.scale[d3]
//   run    stem[y, x, f] += image[y + i, x + j, c] · stem.folded[i, j, c, f]      for y < 8, x < 8, f < 4, …
import { printBox, printExpression } from '../algebra/print.ts';
import { showShape } from '../tensor.ts';
import type { ComputeStep, Program, Step } from './program.ts';

export function printProgram(program: Program): string {
  const values = [...program.values.values()].map(
    ({ id, role, shape }) => `${role.padEnd(13)}${id} ${showShape(shape)}`,
  );
  const outputs = program.outputs.map(({ name, value }) => `output       ${name} = ${value}`);
  const build = program.preparation.map((step) => `build        ${printStep(step)}`);
  const run = program.steps.map((step) => `run          ${printStep(step)}`);
  return [...values, ...outputs, ...build, ...run, ''].join('\n');
}

export function printStep(step: Step): string {
  switch (step.kind) {
    case 'compute':
      return printCompute(step);
    case 'alias':
      return `${step.target} is ${step.source} under another shape`;
    case 'blocked':
      return [
        `for ${step.axis.name} < ${step.axis.extent}`,
        ...step.steps.map((inner) => `               ${printCompute(inner)}`),
      ].join('\n');
  }
}

const printCompute = ({ expression }: ComputeStep): string =>
  `${printExpression(expression)}   for ${printBox(expression)}`;
