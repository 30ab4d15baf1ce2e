// Random networks between the passes and after them: the invariants of programs after every pass, and the verifier of plans
// over what is lowered for both machines. At the end broken ones, to show that the checks see something.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Axis } from '../../compiler/algebra/expression.ts';
import { verifyPlan } from '../../compiler/analysis/verify-plan.ts';
import { stageFaults } from '../../compiler/analysis/verify-stage.ts';
import { analyse, planModel } from '../../compiler/compile.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import type { Lowering } from '../../compiler/options.ts';
import { programAt, stageAfter, type Watch } from '../../compiler/passes/index.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import type { ComputeStep, Program, Step } from '../../compiler/program/program.ts';
import { computeSteps } from '../../compiler/program/usage.ts';
import { programFaults } from '../../compiler/program/verify.ts';
import type { Machine } from '../../compiler/scheduling/machine.ts';
import { loadMachine } from '../../compiler/targets/index.ts';
import { drawNetwork } from '../draw-network.ts';

const networks = 80;
const lowerings: readonly Lowering[] = ['phases', 'zero-insertion'];
let machines: readonly Machine[];

beforeAll(async () => {
  machines = await Promise.all([loadMachine('ts'), loadMachine('wasm')]);
});

/** The program after each pass, by the pass's name. */
function stages(model: ShapedModel, machine: Machine, lowering: Lowering): (readonly [string, Program])[] {
  const all: (readonly [string, Program])[] = [];
  stageAfter('sweep', model, {
    machine,
    lowering,
    watch: ({ name }, stage) => {
      const program = programAt(stage);
      if (program) all.push([name, program]);
    },
  });
  return all;
}

function planOf(model: ShapedModel, machine: Machine, lowering: Lowering): Plan {
  const planned = planModel(model, { machine, lowering, sourceHash: '' });
  if (!planned.ok) throw new Error(planned.problems[0]!.message);
  return planned.value.plan;
}

function checkEverywhere(model: ShapedModel, text: string): void {
  for (const machine of machines)
    for (const lowering of lowerings) {
      let gathered = false;
      const watch: Watch = ({ name }, stage) => {
        const where = `after ${name}, ${machine.name}, ${lowering}\n${text}`;
        expect(stageFaults(stage), where).toEqual([]);
        gathered ||= name === 'gather';
        const program = programAt(stage);
        if (gathered) expect(program!.steps.flatMap(computeSteps).filter(scatters), where).toEqual([]);
      };
      expect(stageAfter('assemble', model, { machine, lowering, watch }).problems).toEqual([]);
    }
}

const scatters = ({ expression }: ComputeStep): boolean => expression.scatter;

function read(text: string): ShapedModel {
  const result = analyse({ file: 'net.convnet', text });
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.value[0]!;
}

describe('random networks', () => {
  it.each(Array.from({ length: networks }, (_, n) => n))('network %i', (n) => {
    const { model, text } = drawNetwork(5000 + n);
    checkEverywhere(model, text);
  });
});

describe('networks of blocks', () => {
  const wide = `model wide(image: [19, 22, 32]) -> [19, 22, 32] {
    conv(32, kernel: 3, padding: same); relu
    conv(32, kernel: 3, padding: same, dilation: 2); batchNorm; relu
    convTranspose(32, kernel: 4, stride: 2, padding: same)
    maxPool(2)
    add(it, image)
  }`;

  it('are sound, whole tiles and cut ones', () => {
    const model = read(wide);
    const blocked = stages(model, machines[1]!, 'phases')
      .at(-1)![1]
      .steps.filter(({ kind }) => kind === 'blocked');
    expect(blocked.length).toBeGreaterThan(0);
    checkEverywhere(model, wide);
  });
});

describe('the checks can fail:', () => {
  const text = `model small(image: [6, 5, 2]) -> [12, 10, 3] {
    conv(4, kernel: 3, padding: same); relu
    convTranspose(3, kernel: 3, stride: 2, padding: same)
  }`;
  const last = (): Program => stages(read(text), machines[0]!, 'phases').at(-1)![1];

  /** With one compute step changed, or left out. */
  const changed = (at: number, change: (step: ComputeStep) => readonly ComputeStep[]): string => {
    const program = last();
    const steps = program.steps.flatMap((step, n): readonly Step[] =>
      n === at && step.kind === 'compute' ? change(step) : [step],
    );
    return programFaults({ ...program, steps }, true).join('; ');
  };
  const shifted = (step: ComputeStep, by: number): ComputeStep => {
    const { expression } = step;
    const index = expression.target.index.map((affine, n) => (n === 0 ? affine.plus(by) : affine));
    return { ...step, expression: { ...expression, target: { ...expression.target, index } } };
  };

  it('a program as it should be', () => expect(programFaults(last(), true)).toEqual([]));

  it('a step that is missing', () => {
    expect(changed(0, () => [])).toContain('before it is written');
    expect(changed(1, () => [])).toMatch(/element \d+ of .* has 0 writers/);
  });

  it('a step that is there twice', () => {
    expect(changed(1, (step) => [step, { ...step, id: 'again' }])).toMatch(/element \d+ of .* has 2 writers/);
    expect(changed(1, (step) => [step, step])).toContain('two steps have one id');
  });

  it('a target that is shifted', () => {
    expect(changed(1, (step) => [shifted(step, 1)])).toMatch(/has [02] writers/);
    expect(changed(1, (step) => [shifted(step, 2)])).toMatch(/leaves .* in axis 0/);
  });

  it('an axis that is not there, or empty', () => {
    const axes = (step: ComputeStep, change: (all: readonly Axis[]) => readonly Axis[]): ComputeStep => ({
      ...step,
      expression: { ...step.expression, axes: change(step.expression.axes) },
    });
    expect(changed(0, (step) => [axes(step, (all) => all.slice(1))])).toContain('which is no axis');
    expect(changed(0, (step) => [axes(step, ([first, ...rest]) => [{ ...first!, extent: 0 }, ...rest])])).toContain(
      'of 0',
    );
  });

  it('a result that nothing writes', () => {
    const program = last();
    expect(programFaults({ ...program, outputs: [{ name: 'output', value: 'gone' }] }, true)).toEqual([
      'the output output is never written',
    ]);
  });

  it('a plan whose memory is too small, or whose call begins too late', () => {
    for (const machine of machines) {
      const plan = planOf(read(text), machine, 'phases');
      expect(verifyPlan(plan)).toEqual([]);
      expect(verifyPlan({ ...plan, arena: plan.arena - 64 })).not.toEqual([]);
      const [first, ...rest] = plan.invocations;
      const late = { ...first!, bases: first!.bases.map((base) => base + plan.arena) };
      expect(verifyPlan({ ...plan, invocations: [late, ...rest] })).not.toEqual([]);
    }
  });
});
