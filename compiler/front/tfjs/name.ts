// The name of a TensorFlow.js model.

/** Every model of the format is called `model.json`: its folder says more. */
export function modelFile(file: string): string {
  const [base, folder] = file.split('/').reverse();
  return base === 'model.json' ? (folder ?? 'network') : file;
}
