// Every code of a problem: what it means, and how it is mended, with an example where one says more than words. A test keeps the
// table and the code in step.
import { lints } from '../analysis/lints/index.ts';

export interface CodePage {
  /** What is wrong, in general; the problem itself has the numbers. */
  readonly about: string;
  readonly mend: string;
}

const page = (about: string, mend: string): CodePage => ({ about, mend });

const families = {
  argument: {
    conflict: page(
      'Two arguments say the same thing differently.',
      'Keep one: `outputShape: [8, 8]` or `outputPadding: 1`.',
    ),
    count: page(
      'A block has another number of parameters than the call has arguments.',
      'Give each parameter one argument: `block twice(n)` is called `twice(3)`.',
    ),
    missing: page('A required argument is left out.', 'Give it: `conv(8)` lacks `kernel: 3`.'),
    operands: page(
      'A layer takes another number of values.',
      'Give as many as it takes: `add(a, b)`; `atrous help LAYER` says how many.',
    ),
    range: page('An argument is outside what is meaningful.', 'Choose a value in the range that the problem names.'),
    repeated: page('An argument is given twice.', 'Keep one of them.'),
    'too-many': page(
      'A call has more arguments without a name than the layer takes.',
      'Name them: `conv(8, kernel: 3)` in place of `conv(8, 3)`.',
    ),
    type: page(
      'An argument is of the wrong kind, such as a word for a number.',
      'Give what the problem expects: `stride: 2`.',
    ),
    unknown: page(
      'A layer or a block has no parameter of this name.',
      'Use one of the names listed, or see `atrous help LAYER`.',
    ),
    value: page(
      'An argument does not fit its parameter.',
      'Give what the problem expects: `padding: same`, not `padding: "full"`.',
    ),
  },
  arithmetic: {
    'division-by-zero': page(
      'A number is divided by zero while sizes are computed.',
      'Guard the divisor, or choose other settings.',
    ),
    inexact: page(
      'A division that has to be exact leaves a remainder.',
      'Choose sizes that divide, or round on purpose: `floor(H / 2)`.',
    ),
    infinite: page('The result of a computation is not a finite number.', 'Choose smaller numbers.'),
    overflow: page('A whole number is larger than can be counted exactly (2^53).', 'Choose smaller numbers.'),
    type: page(
      'An operator of arithmetic does not fit its operands, such as `true + 1`.',
      'Use numbers, or compare with `==`.',
    ),
    value: page(
      'A value that is known only when the model runs is used as a number.',
      'Compute with params and sizes; for values use layers: `add(a, b)`.',
    ),
  },
  block: {
    recursive: page('A block calls itself, directly or through others.', 'Use `repeat n { … }`.'),
  },
  build: {
    'self-test': page(
      'The module that was written gives other results than the definition of the model.',
      'Please report it: this is an internal error.',
    ),
  },
  code: {
    'too-large': page(
      'A layer would need more code than a module may have.',
      'Use a smaller kernel or less padding: borders have code of their own.',
    ),
  },
  dialect: {
    'same-stride': page('PyTorch has `padding="same"` for stride 1 only.', 'Give the padding in numbers.'),
  },
  dimension: {
    any: page(
      'A size of an input is left open with `_`.',
      'Give it a number or a name: `[H, W, 3]` with `--set H=224`.',
    ),
    default: page(
      'A default stands where a size is only repeated.',
      'Give the default where the name first stands: `[H = 224, W, 3]`.',
    ),
    size: page('A size is not a whole number in its range.', 'Choose a whole number of at least 1.'),
    unbound: page('A named size has no value.', 'Give one: `--set H=224`, or a default in the source: `[H = 224, 3]`.'),
  },
  file: {
    binary: page(
      'A file that should be text contains zero bytes.',
      'Check its name; a model in another format needs its own extension.',
    ),
    device: page('The path is a device.', 'Give a file.'),
    directory: page('The path is a folder.', 'Give a file in it.'),
    'known-format': page(
      'The file is of a known format that is not read here.',
      'Follow the way round that the problem names.',
    ),
    missing: page('There is no such file.', 'Check the path; paths in a source are relative to its folder.'),
    'not-utf8': page('A text is not encoded in UTF-8.', 'Save it as UTF-8.'),
    overwritten: page('A command would write over a file that it reads.', 'Choose another name or folder: `--out`.'),
    repeated: page(
      'Two outputs would be written to one path.',
      'Give the models different names, or use another folder: `--out`.',
    ),
    'too-large': page('A file is longer than is read.', 'Check that it is the right file.'),
    unreadable: page('The operating system does not let the file be read.', 'Check its permissions.'),
    unwritable: page('The operating system does not let the file be written.', 'Check permissions and free space.'),
  },
  import: {
    cycle: page('Files import each other in a circle.', 'Move what they share into a third file.'),
    'missing-block': page(
      'The imported file has no block of this name.',
      'Check the name: `import { twice } from "./blocks.convnet"`.',
    ),
    'missing-file': page(
      'The imported file does not exist.',
      'Check the path, which is relative to the importing file.',
    ),
    'not-convnet': page(
      'An import does not name a .convnet file.',
      'Name one; models of other formats are converted with `atrous import`.',
    ),
    renamed: page(
      'An input has another name in the imported network than in the model file.',
      'Nothing to mend: use the new name.',
    ),
    replaced: page('A file that `atrous import` wrote replaced another one.', 'Import into another folder: `--out`.'),
  },
  input: {
    'channels-first': page(
      'An array with channels first was turned to channels last.',
      'Nothing to mend; save it channels last to silence this.',
    ),
    count: page(
      'A file holds another number of values than the tensor has.',
      'Check the shape: `atrous check` prints it.',
    ),
    format: page('The extension of a tensor file is unknown.', 'Use .npy, .json, .f32 or an image.'),
    image: page('An image is broken or of a kind that is not read.', 'Save it as an ordinary PNG or JPEG.'),
    'image-size': page(
      'An image has another size than the input.',
      'Scale it, or use `--fit crop` or `--fit stretch`.',
    ),
    'image-too-large': page('An image has more pixels than are read.', 'Scale it down.'),
    json: page('A .json file does not hold nested lists of numbers.', 'Write numbers only: `[[1, 2], [3, 4]]`.'),
    'not-an-image': page(
      'A tensor cannot be written or read as an image.',
      'Images have the shape [height, width, 1, 3 or 4]; use .npy otherwise.',
    ),
    npy: page('A .npy file is broken.', 'Save it again with `numpy.save`.'),
    'npy-type': page('A .npy file holds something other than plain numbers.', 'Convert it: `array.astype("float32")`.'),
    shape: page('A file states another shape than the tensor has.', 'Reshape or transpose it: channels come last.'),
    size: page('A .f32 file does not hold whole float32 numbers.', 'Its length must be a multiple of 4 bytes.'),
  },
  hdf5: {
    file: page(
      'An HDF5 file is broken, or uses a part of the format that is not read.',
      'Save the model again, as .keras if it is from Keras.',
    ),
  },
  keras: {
    config: page(
      'The configuration of the model is broken, or of a kind that is not read.',
      'Save a Sequential or Functional model.',
    ),
    dimension: page('A size of an input is open.', 'Give it: `--set NAME=224`.'),
    input: page(
      'An input has a shape that is not read.',
      'Give it a batch axis and at most three more before the channels.',
    ),
    reference: page('A layer reads the result of another that does not exist.', 'The file is broken: save it again.'),
    shared: page(
      'A layer is used several times, and the language gives each use weights of its own.',
      'Nothing to mend: the weights are copied.',
    ),
    'too-large': page('The model has more layers or numbers than are read.', 'Check that it is the right file.'),
  },
  layer: {
    unknown: page('The model has no layer of this name.', 'Use a name from the table of `atrous check`.'),
  },
  limit: {
    depth: page('Blocks call blocks too deeply.', 'Flatten the nesting.'),
    imports: page('A chain of imports is too long.', 'Import directly.'),
    nesting: page('Brackets are nested too deeply.', 'Split the expression with `let`.'),
    operators: page('An expression has too many operators in a row.', 'Split it with `let`.'),
    problems: page('There are more problems than are shown.', 'Mend the first ones and check again.'),
    repeat: page('A model repeats too many layers.', 'Use fewer repetitions.'),
    'source-size': page('A source is longer than is read.', 'Split it; write weights to a safetensors file.'),
    'statement-size': page(
      'One statement is longer than is read.',
      'Split it; write large weights to a safetensors file.',
    ),
    statements: page('A model has too many statements.', 'Use fewer layers.'),
  },
  lint: Object.fromEntries(lints.map(({ name, about, mend }) => [name, page(about, mend)])),
  memory: {
    arena: page(
      'The intermediate values need more memory than a module may have.',
      'Use smaller sizes or fewer channels.',
    ),
    total: page(
      'Weights and intermediate values together need more memory than can be addressed.',
      'Use smaller sizes or fewer channels.',
    ),
  },
  model: {
    'no-input': page('A model has no input.', 'Give one: `model net(image: [28, 28, 1])`.'),
    'no-output': page('A model returns nothing.', 'Return a value: `return it`.'),
    none: page('The file has no model.', 'Write one: `model net(x: [4]) { relu }`.'),
    several: page('The file has several models.', 'Choose one: `--model NAME`.'),
    unknown: page('The file has no model of this name.', 'Use one of the names listed.'),
  },
  name: {
    duplicate: page('A name is given twice.', 'Rename one of them.'),
    'no-layer': page('A value or a param is called like a layer.', 'Use it as an argument: `add(it, skip)`.'),
    reserved: page('A name is a word of the language.', 'Choose another name.'),
    taken: page('A name belongs to a layer already.', 'Choose another name.'),
    unknown: page('Nothing has this name.', 'Check the spelling; names of layers are in `atrous help layers`.'),
  },
  onnx: {
    attribute: page(
      'An attribute of a node has a value that is not supported.',
      'Export the model with what the problem says would work.',
    ),
    cycle: page('Nodes of the graph depend on each other in a circle.', 'The file is broken: export it again.'),
    dimension: page('A size of an input is open.', 'Give it: `--set height=224`.'),
    'duplicate-name': page('Two things in the graph have one name.', 'The file is broken: export it again.'),
    'external-location': page(
      'Weights are kept at a place outside the folder of the model.',
      'Put the file beside the model and name it without `..`.',
    ),
    'external-missing': page('A file of weights beside the model does not exist.', 'Copy it there.'),
    'external-range': page('A tensor lies beyond the end of its file.', 'The file is cut off: copy it again.'),
    'input-type': page('An input is not of float32.', 'Export the model with float32 inputs.'),
    malformed: page('The file is no ONNX, or it is broken.', 'Export or copy it again.'),
    'missing-value': page('A node reads a value that nothing makes.', 'The file is broken: export it again.'),
    'no-graph': page('The file has no graph.', 'Export the model again.'),
    'no-output': page('The graph has no outputs.', 'Export the model again.'),
    operator: page('An operator of ONNX is not supported.', 'Export without it; docs/onnx.md lists what is read.'),
    outputs: page('The graph has something that cannot be an output.', 'Export the model again.'),
    shape: page('Shapes in the graph do not fit each other.', 'Run ONNX shape inference and export again.'),
    'tensor-size': page(
      'A tensor holds another number of elements than its dims say.',
      'The file is broken: export it again.',
    ),
    'tensor-type': page('A tensor has an element type that is not read.', 'Export it as float32.'),
    'too-large': page('A tensor is larger than is read.', 'Check that it is the right file.'),
    unsupported: page(
      'A node cannot be expressed in the language, or a layer not in ONNX.',
      'Follow the note about what would work.',
    ),
    'unsupported-field': page(
      'The file uses a part of ONNX that is not read, such as a loop.',
      'Export the model without it.',
    ),
    values: page('The graph has more values than can be handled.', 'Export a smaller model.'),
  },
  options: {
    source: page('The source given to the library is not a string.', 'Pass the text of the source.'),
    unknown: page('There is no such option.', 'Use one of the names listed; docs/options.md describes them.'),
    value: page('An option has a value of the wrong kind.', 'Give what the problem expects.'),
  },
  program: {
    syntax: page('The text of a program (from `--dump`) cannot be read.', 'Correct it where the problem points.'),
  },
  result: {
    unknown: page('A layer has no result of this name.', 'Use one of the names listed.'),
  },
  return: {
    block: page('A block returns something other than one value.', 'Return one value: `return it`.'),
    count: page(
      'A model returns another number of values than its header says.',
      'Return as many: `return a: x, b: y`.',
    ),
    missing: page('An output of the header is not returned.', 'Return it by its name.'),
    none: page('`return` has no value.', 'Write `return it`.'),
    repeat: page('`return` stands inside `repeat`.', 'Return after it.'),
    repeated: page('An output is returned twice.', 'Keep one.'),
    unknown: page('A returned name is not in the header.', 'Use the names of the header.'),
    unnamed: page('One of several outputs is returned without its name.', 'Name it: `return mask: it`.'),
    unreachable: page('Statements follow `return`.', 'Move them before it.'),
  },
  schedules: {
    format: page('The file is not one that `atrous tune` writes.', 'Write it again: `atrous tune`.'),
    machine: page('The file was tuned for another target.', 'Tune with the same `--target`.'),
    record: page('A record is not legal.', 'Remove it, or tune again.'),
    unused: page('No record fits a layer of this model.', 'Tune this model, with the same `--set` and `--target`.'),
  },
  set: {
    batch: page('A batch size was set; models have no batch axis.', 'Leave it out: one sample at a time.'),
    type: page('A setting is of another kind than its param.', 'Give a value of that kind: `--set wide=true`.'),
    unknown: page('Nothing takes this setting.', 'Use one of the names listed.'),
  },
  shape: {
    assertion: page(
      'A value has another shape than the source asserts.',
      'Correct the assertion or the layers before it.',
    ),
    axes: page('A list of axes does not fit the value.', 'Name each axis once.'),
    axis: page('There is no such axis.', 'Count from 0, or from the end with negative numbers: `axis: -1`.'),
    block: page('Blocks do not divide the size.', 'Pad or crop the input to a multiple of the block.'),
    broadcast: page(
      'Shapes cannot be broadcast together.',
      'Sizes must be equal or 1 along each axis, counted from the last.',
    ),
    causal: page('Causal padding is for one spatial axis.', 'Write pairs: `padding: [[2, 0], [1, 1]]`.'),
    concat: page('Values that are joined differ along another axis.', 'Crop or pad them to equal sizes.'),
    elements: page(
      'A reshape would change the number of elements.',
      'Choose a shape with as many; one size may be -1.',
    ),
    empty: page('An output would have no elements.', 'Use a smaller kernel or more padding.'),
    groups: page('Groups do not divide the channels.', 'Choose a common divisor of the input channels and filters.'),
    matrix: page('Two matrices cannot be multiplied.', 'The columns of the first must be the rows of the second.'),
    padding: page('Padding does not fit the input.', 'Use less of it.'),
    permutation: page('A list is not a permutation of the axes.', 'Name every axis once: `[2, 0, 1]`.'),
    rank: page(
      'A value has another number of axes than the layer takes.',
      'Shapes are without the batch: [height, width, channels].',
    ),
    size: page('A size does not fit.', 'Follow the numbers of the problem.'),
    slice: page('A slice takes nothing, or goes beyond the value.', 'Choose starts and ends inside the shape.'),
    state: page('A state of a recurrent layer has the wrong shape.', 'Give it the shape that the problem names.'),
    'too-large': page('A tensor would have more elements than can be addressed.', 'Use smaller sizes.'),
    take: page(
      'An index is outside the axis.',
      'Choose indices from 0 to the size minus 1; negative ones count from the end.',
    ),
    window: page('A kernel is larger than its padded input.', 'Use a smaller kernel or dilation, or more padding.'),
  },
  size: {
    axis: page('A value has no such size.', 'Count from 0.'),
    'no-name': page(
      'A size is asked of something that is not a name.',
      'Name the value: `conv(8, kernel: 3) as c`, then ask for the size of `c`.',
    ),
    'no-value': page(
      'A size is asked of a name that is no value.',
      'Use a value: `it`, `input`, or a name given with `as`.',
    ),
  },
  syntax: {
    assignment: page('A value is assigned to.', 'Name a layer with `as`: `relu as a`; name a number with `let`.'),
    'colon-for-equals': page('`:` stands where `=` belongs.', 'Write `let n = 3`.'),
    'empty-file': page('The file has nothing in it.', 'Write a model: `model net(x: [4]) { relu }`.'),
    'equals-for-colon': page('`=` stands where `:` belongs.', 'Write `kernel: 3`.'),
    escape: page('A string has an unknown escape.', 'Known are `\\n`, `\\t`, `\\"` and `\\\\`.'),
    'late-assertion': page('A shape stands behind `as`.', 'Write it before: `relu -> [4] as a`.'),
    'missing-brace': page('A brace is not closed.', 'Add `}`.'),
    'missing-comma': page('A comma is missing between two items.', 'Add it.'),
    'missing-parentheses': page('Parentheses are missing.', 'Add them: `conv(8, kernel: 3)`.'),
    number: page('A number is written in a way that is not known.', 'Write `0.5`, `1e-3` or `16`.'),
    'number-too-large': page('A number is too large.', 'Write a smaller one, or `inf`.'),
    'reserved-word': page('A word of the language is used as a name.', 'Choose another name.'),
    'stray-character': page('A character has no meaning here.', 'Remove it.'),
    'unclosed-bracket': page('A bracket is not closed.', 'Close it.'),
    unexpected: page('The text cannot go on like this.', 'Follow what the problem expects.'),
    'unopened-bracket': page('A bracket closes nothing.', 'Remove it, or open it before.'),
    'unterminated-comment': page('A comment does not end.', 'End it with `*/`.'),
    'unterminated-string': page('A string does not end on its line.', 'Add the closing quote.'),
  },
  tfjs: {
    cycle: page('Nodes depend on each other in a circle.', 'The file is broken: convert the model again.'),
    dimension: page('A size of an input is open.', 'Give it: `--set NAME=224`.'),
    dtype: page('Weights have an element type that is not read.', 'Convert the model with float32 weights.'),
    format: page('The file is no model of TensorFlow.js that is read.', 'Convert it to a graph or layers model.'),
    graph: page('The graph is broken.', 'Convert the model again.'),
    initializer: page('The model fills tables before it runs.', 'Convert it without an initializer.'),
    manifest: page('The manifest of the weights is broken.', 'Convert the model again.'),
    missing: page('A node or weight that is read does not exist.', 'Convert the model again.'),
    path: page('Weights are kept outside the folder of the model.', 'Put the files beside model.json.'),
    shape: page('A shape is missing or does not fit.', 'Convert the model with static shapes.'),
    shard: page('A file of weights does not exist.', 'Copy all files of the model.'),
    size: page('The files of weights have another length than the manifest says.', 'Copy them again.'),
  },
  tflite: {
    format: page('The file is no TensorFlow Lite model.', 'Check the file.'),
    malformed: page('The file is broken.', 'Convert or copy it again.'),
  },
  transpose: {
    'output-padding': page('The output padding is not below the stride.', 'Choose 0 to stride − 1.'),
    'unreachable-size': page('No output padding reaches the asked size.', 'Choose one of the sizes in the note.'),
  },
  usage: {
    arguments: page('The command line makes no sense.', 'See `atrous help COMMAND`.'),
    unused: page('An option changes nothing for this command.', 'Leave it out, or keep it: it does no harm.'),
  },
  value: {
    expected: page('A layer is given a number or a word where it takes a value.', 'Give a value: `add(it, skip)`.'),
    none: page('There is no current value here.', 'Begin the chain with one: `image |> relu`.'),
  },
  verify: {
    diverges: page(
      'Results differ by more than the tolerance.',
      'Look at the first layer that diverges: weights, layout or padding.',
    ),
    'no-vector': page('The folder has no file for an input or result.', 'Write NAME.npy for it.'),
    unread: page('A file of the folder is compared with nothing.', 'Rename it to the name of a layer or an output.'),
  },
  weights: {
    checkpoint: page(
      'A PyTorch checkpoint cannot be read.',
      'Save the state: `torch.save(model.state_dict(), "net.pth")`.',
    ),
    dtype: page('A tensor has an element type that is not read.', 'Save it as float32.'),
    'duplicate-name': page('A file names a tensor twice.', 'The file is broken: save it again.'),
    entry: page('A tensor of a safetensors file is described wrongly.', 'The file is broken: save it again.'),
    extra: page(
      'The file has a tensor that the model does not.',
      'Rename or remove it; names are LAYER.kernel, LAYER.bias.',
    ),
    header: page('A safetensors file states an impossible header.', 'Check that it is a safetensors file.'),
    json: page('The header of a safetensors file is no JSON.', 'Check that it is a safetensors file.'),
    literal: page('A tensor stands both in the source and in the file.', 'Keep one of them.'),
    missing: page('The file lacks a tensor of the model.', 'Add it, or ask for random numbers: `--init he`.'),
    none: page(
      'The model has trained tensors and no weights were given.',
      'Use `--weights FILE`, `weights "file.safetensors"` in the model, or `--init he`.',
    ),
    offsets: page(
      'Tensors of a safetensors file overlap, leave gaps, or go beyond it.',
      'The file is broken: save it again.',
    ),
    pickle: page('A checkpoint contains more than tensors.', 'Save the state only: `model.state_dict()`.'),
    place: page(
      '`weights` stands somewhere other than at the beginning of a model.',
      'Move it to the first line of the model.',
    ),
    range: page('A weight is too large for half precision.', 'Store the weights as float32 or as 8-bit integers.'),
    repeated: page('A model names two files of weights.', 'Keep one.'),
    shape: page(
      'A tensor has another shape than the model needs.',
      'Kernels are [height, width, inputs, outputs]; PyTorch has [outputs, inputs, height, width].',
    ),
    size: page('A tensor is larger than is read.', 'Check that it is the right file.'),
    storage: page('A tensor of a checkpoint does not fit its storage.', 'The file is broken: save it again.'),
    'too-large': page('A tensor is larger than can be counted.', 'The file is broken: save it again.'),
    truncated: page('The file is cut off.', 'Copy it again.'),
  },
  zip: {
    archive: page('A zip archive is broken.', 'Copy it again.'),
    entry: page('A part of a zip archive cannot be read.', 'Save the file again.'),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, CodePage>>>>;

/** By code, `family/name`, in the order of the alphabet. */
export const problemCodes: ReadonlyMap<string, CodePage> = new Map(
  Object.entries(families).flatMap(([family, pages]) =>
    Object.entries<CodePage>(pages).map(([name, one]) => [`${family}/${name}`, one] as const),
  ),
);

/** The page that `atrous help CODE` prints. */
export const codePage = (code: string, { about, mend }: CodePage): string => `### ${code}\n\n${about}\n\n${mend}\n`;

/** docs/problems.md. */
export const problemsReference = (): string =>
  `${introduction}\n${[...problemCodes].map(([code, one]) => codePage(code, one)).join('\n')}`;

const introduction = `# Problems

Every problem has a code, a place where there is one, the numbers, and notes that say what would work. The codes are stable:
scripts may rely on them. \`atrous help CODE\` prints what stands here. A lint is silenced by a comment: \`// allow gridding\`.
`;
