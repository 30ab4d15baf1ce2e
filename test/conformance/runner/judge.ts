// Runs one case and says how it went.
import type { Case, Dense } from './case.ts';
import { dense } from './case.ts';
import { difference } from './compare.ts';
import { check, type Executor, weightProblems } from './execute.ts';
import { informationDifference } from './information.ts';
import { Refused } from './network.ts';
import { equivalentPlan, type Plan, planOf } from './plan.ts';
import { Unsupported } from './translation.ts';

export interface Outcome {
  readonly result: 'passed' | 'failed' | 'unsupported';
  /** Why it failed or is unsupported; what was not compared. */
  readonly reason: string;
}

const passed: Outcome = { result: 'passed', reason: '' };
const failed = (reason: string): Outcome => ({ result: 'failed', reason });
const unsupported = (reason: string): Outcome => ({ result: 'unsupported', reason });

/** Slots that no layer computes; a case is judged by the others. */
const besides = ['mask'];

export function judge(stated: Case, execute: Executor): Outcome {
  const outside = outsideReason(stated);
  if (outside) return unsupported(outside);
  try {
    if (stated.expectsError) return judgeError(stated);
    return stated.shapeOnly ? judgeShape(stated) : judgeValues(stated, execute);
  } catch (thrown) {
    if (thrown instanceof Unsupported) return unsupported(thrown.message);
    if (thrown instanceof Refused) return stated.expectsError ? passed : failed(`refused: ${thrown.message}`);
    return failed(
      `${thrown instanceof Error ? (thrown.stack ?? thrown.message).split('\n').slice(0, 3).join(' ') : thrown}`,
    );
  }
}

/** Kinds of case that are about something else than inference in float32. */
function outsideReason(stated: Case): string | undefined {
  if (stated.gradientOf) return 'a gradient';
  const inputs = Object.entries(stated.inputs).filter(([slot]) => !argumentInputs.includes(slot));
  const results = Object.entries(stated.expected).filter(([slot]) => !integerResults.includes(slot));
  const tensors = [...inputs, ...results].map(([, tensor]) => tensor);
  if (!stated.expectsError && tensors.some((tensor) => tensor.shape?.includes(0))) return 'a tensor without elements';
  const types = [...new Set(tensors.map(({ dataType }) => dataType ?? 'float32'))];
  const other = types.find((type) => !floats.includes(type));
  if (other === undefined && types.length > 1) return `element types ${types.join(' and ')} together`;
  return other && `element type ${other}`;
}

/** Halves and doubles are computed as the importer does it: given as float32, in float32; halves are rounded at the end. */
const floats = ['float32', 'float16', 'float64'];

/** Inputs of ONNX that are arguments rather than values. */
const argumentInputs = [
  'axes',
  'shape',
  'pads',
  'starts',
  'ends',
  'steps',
  'repeats',
  'split',
  'sizes',
  'trainingMode',
];
/** Results of another type beside the values. */
const integerResults = ['indices', 'mask'];

function judgeError(stated: Case): Outcome {
  const plan = planOf(stated);
  const shaped = check(plan.model);
  if (!shaped.ok || weightProblems(shaped.value, plan.weights).length > 0) return passed;
  return failed('no problem where one is expected');
}

function judgeShape(stated: Case): Outcome {
  const plan = planOf(stated);
  const shaped = check(plan.model);
  if (!shaped.ok) return failed(`refused: ${shaped.problems.map((problem) => problem.message).join('; ')}`);
  const shapes = new Map(
    shaped.value.outputs.map(({ name, value }): [string, Dense] => {
      const node = shaped.value.graph.node(value);
      return [name, { shape: node ? node.inference.output : plan.runs[0]!.get(value)!.shape }];
    }),
  );
  const collected = plan.collect(plan.runs.map(() => shapes));
  const information = informationDifference(stated, shaped.value, collected);
  if (information) return failed(information);
  return compareSlots(stated, collected);
}

function judgeValues(stated: Case, execute: Executor): Outcome {
  const actual = run(planOf(stated), execute);
  if (!(actual instanceof Map)) return actual as Outcome;
  if (!stated.equivalentTo) return compareSlots(stated, actual);
  const other = run(equivalentPlan(stated, stated.equivalentTo), execute);
  if (!(other instanceof Map)) return other as Outcome;
  const different = difference(actual.get('output')!, other.get('output')!, stated.tolerance!);
  return different ? failed(different) : passed;
}

function run(plan: Plan, execute: Executor): ReadonlyMap<string, Dense> | Outcome {
  const outputs = execute(plan.model, plan.weights, plan.runs);
  if (!outputs.ok) return failed(`refused: ${outputs.problems.map((problem) => problem.message).join('; ')}`);
  return plan.collect(outputs.value);
}

function compareSlots(stated: Case, actual: ReadonlyMap<string, Dense>): Outcome {
  const left: string[] = [];
  for (const [slot, tensor] of Object.entries(stated.expected)) {
    const result = actual.get(slot);
    if (!result) {
      if (!besides.includes(slot)) return failed(`nothing computes ${slot}`);
      left.push(slot);
      continue;
    }
    const expected = dense(tensor);
    // A scalar is a list of one here; a shape that is not stated is any.
    const shape = tensor.shape ? (tensor.shape.length === 0 ? [1] : tensor.shape) : result.shape;
    const different = difference(result, { ...expected, shape }, stated.tolerance ?? exact, {
      ...(stated.compareFirst !== undefined && { first: stated.compareFirst }),
      // As tfjs compares.
      nonFiniteAlike: stated.source === 'tfjs',
      half: tensor.dataType === 'float16',
    });
    if (different) return failed(`${slot}: ${different}`);
  }
  return left.length > 0 ? { result: 'passed', reason: `not compared: ${left.join(', ')}` } : passed;
}

const exact = { type: 'ulp', value: 0 } as const;
