// A module's check of itself: one run on given inputs against the outputs that were computed when it was built.

export interface SelfTestResult {
  readonly passed: boolean;
  /** The largest difference from an expected value, relative to it where that is above 1. */
  readonly worst: number;
  readonly tolerance: number;
}

export function compareOutputs(
  outputs: Readonly<Record<string, Float32Array>> | undefined,
  expected: Readonly<Record<string, Float32Array>>,
  tolerance: number,
): SelfTestResult {
  let worst = 0;
  for (const name in expected) {
    const found = outputs?.[name];
    if (found?.length !== expected[name]!.length)
      throw new TypeError(`selfTest: the model given is another one, its run has no ${JSON.stringify(name)} that fits`);
    expected[name]!.forEach((value, at) => {
      const got = found[at]!;
      const difference = Math.abs(got - value) / Math.max(1, Math.abs(value));
      // Not a number where only one of them is one: that is as far off as can be.
      if (!Object.is(got, value)) worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
    });
  }
  return { passed: worst <= tolerance, worst, tolerance };
}
