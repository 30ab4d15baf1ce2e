// The command line as a whole: what commands there are, what they take, and how each end of a run becomes an exit code.
// A command's own file is loaded when it is called.
import { Command, CommanderError, Option } from 'commander';
import { error } from '../../../dsl/problem.ts';
import { visible } from '../../../dsl/quote.ts';
import { loweringOptions, moduleOptions, sourceOptions, weightOptions } from '../../options.ts';
import { compilerVersion } from '../../targets/shared/version.ts';
import { collectFile, collectPath, collects, realNumber, withCompilation, withJson, withOptions } from './options.ts';
import { showProblems, type Terminal } from './terminal.ts';
import { UsageError } from './usage.ts';

/**
 * Runs one command.
 * @returns 0 good, 1 the model has errors, 2 wrong usage, 3 internal error
 */
export async function runCommand(line: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  try {
    const program = declare(terminal, (result) => {
      code = result;
    });
    if (line.length === 0) program.outputHelp();
    else await program.parseAsync(line, { from: 'user' });
    return code;
  } catch (reason) {
    if (reason instanceof CommanderError) return reason.exitCode === 0 ? 0 : 2;
    if (reason instanceof UsageError) {
      showProblems(terminal, [error('usage/arguments', reason.message, undefined, { notes: reason.notes })]);
      return 2;
    }
    const message = reason instanceof Error ? reason.message : String(reason);
    terminal.report(visible(`internal error in atrous ${compilerVersion}, please report it: ${message}\n`));
    return 3;
  }
}

type Finish = (code: number) => void;

function declare(terminal: Terminal, finish: Finish): Command {
  const program = new Command('atrous')
    .description('Compiles convolutional networks to typed, dependency-free TypeScript modules.')
    .version(compilerVersion)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.write,
      writeErr: terminal.report,
      outputError: (text, write) => write(visible(text).replace(/^error: /, 'error[usage/arguments]: ')),
    });
  for (const add of [
    addCheck,
    addBuild,
    addRun,
    addExplain,
    addGraph,
    addImport,
    addExport,
    addVerify,
    addBench,
    addTune,
    addFormat,
  ])
    refuseRepeated(withExample(withJson(add(program, terminal, finish))));
  return program.helpCommand(false).addCommand(helpCommand(program, terminal));
}

const helpCommand = (program: Command, terminal: Terminal): Command =>
  program
    .createCommand('help')
    .description('explain a command, a layer (help conv), or the code of a problem')
    .argument('[topic]', 'a command, layers, the name of a layer, or the code of a problem')
    .action(async (topic) => (await import('./help.ts')).help(program, topic, terminal));

const examples: Readonly<Record<string, string>> = {
  check: 'atrous check unet.convnet --set H=320',
  build: 'atrous build model.onnx --target ts --out build',
  run: 'atrous run net.convnet --input image=photo.png --output scores=scores.npy',
  explain: 'atrous explain net.convnet conv_1',
  graph: 'atrous graph net.convnet --after fuse --svg net.svg',
  import: 'atrous import model.tflite --out net',
  export: 'atrous export net.convnet --out net.onnx',
  verify: 'atrous verify net.convnet --vectors vectors',
  bench: 'atrous bench net.convnet --init he',
  tune: 'atrous tune net.convnet --out schedules.json',
  fmt: 'atrous fmt --check net.convnet',
};

/** The description of a command's own page ends with an example; lists of commands show the description alone. */
function withExample(command: Command): Command {
  const about = command.description();
  return command.summary(about).description(`${about}\n\nExample: ${examples[command.name()]}`);
}

/** An option that holds one thing is given once: the last one would silently win. */
function refuseRepeated(command: Command): void {
  const given = new Set<string>();
  for (const option of command.options) {
    if (!option.required || collects(option)) continue;
    command.on(`option:${option.name()}`, () => {
      if (given.has(option.name())) throw new UsageError(`${option.long} is given twice`);
      given.add(option.name());
    });
  }
}

const { model } = sourceOptions;
const { init, seed } = weightOptions;
const { schedules } = loweringOptions;

type Add = (program: Command, terminal: Terminal, finish: Finish) => Command;

const addCheck: Add = (program, terminal, finish) =>
  withCompilation(program.command('check'), terminal)
    .description('report problems, or print the table of the layers if there are none')
    .argument('<file...>', '.convnet files or models of other frameworks; - is the standard input', collectFile)
    .action(async (files, options) => finish(await (await import('./check.ts')).check(files, options, terminal)));

const addBuild: Add = (program, terminal, finish) =>
  withOptions(withCompilation(program.command('build'), terminal), moduleOptions)
    .description('write NAME.js and NAME.d.ts, or NAME.ts, and NAME.weights where the weights are not inlined')
    .argument('<file...>', '.convnet files or models of other frameworks; - is the standard input', collectFile)
    .option('--out <folder>', 'where to write', '.')
    .option('--verify', 'check what every pass makes')
    .option(
      '--self-test',
      'run the module once against the reference before it is written; it also exports this test, selfTest()',
    )
    .option('--dump <folder>', 'write what every pass makes')
    .option('--watch', 'build again whenever a file changes')
    .action(async (files, options) => finish(await (await import('./build.ts')).build(files, options, terminal)));

const addRun: Add = (program, terminal, finish) =>
  withCompilation(program.command('run'), terminal)
    .description('compile in memory and run')
    .argument('<file>', 'a .convnet file or a model of another framework; - is the standard input')
    .option('--input <name=path>', '.png .jpg .npy .json .f32 (may be repeated)', collectPath)
    .option('--output <name=path>', '.png .npy .json .f32 (may be repeated)', collectPath)
    .addOption(new Option('--fit <way>', 'for images of another size').choices(['crop', 'stretch']))
    .addOption(
      new Option('--backend <name>', 'evaluate the definitions instead of compiled kernels')
        .choices(['reference'])
        .conflicts(Object.keys(loweringOptions)),
    )
    .action(async (file, options) => finish(await (await import('./run.ts')).run(file, options, terminal)));

const addExplain: Add = (program, terminal, finish) =>
  withCompilation(program.command('explain'), terminal, { init, seed })
    .description(
      'explain how a layer is computed: formulas with numbers, padding, what it sees, the lowering step by step',
    )
    .argument('<file>', 'a .convnet file or a model of another framework; - is the standard input')
    .argument('[layer]', 'layer name as shown by `check`; omit for a summary')
    .option('--svg <path>', 'a picture')
    .action(async (file, layer, options) =>
      finish(await (await import('./explain.ts')).explain(file, layer, options, terminal)),
    );

const addGraph: Add = (program, terminal, finish) =>
  withCompilation(program.command('graph'), terminal, { init, seed })
    .description('list or draw the graph')
    .argument('<file>', 'a .convnet file or a model of another framework; - is the standard input')
    .option('--after <pass>', 'show the graph after this pass')
    .option('--svg <path>', 'draw it')
    .option('--dot <path>', 'write it in the language of Graphviz')
    .action(async (file, options) => finish(await (await import('./graph.ts')).graph(file, options, terminal)));

const addImport: Add = (program, terminal, finish) =>
  withCompilation(program.command('import'), terminal, { model, ...weightOptions, ...loweringOptions })
    .description('write a model of another framework as NAME.convnet and NAME.safetensors')
    .argument('<model>', '.onnx, .tflite, .keras or .h5, or model.json of TensorFlow.js')
    .option('--out <folder>', 'where to write', '.')
    .action(async (file, options) => finish(await (await import('./import.ts')).importFile(file, options, terminal)));

const addExport: Add = (program, terminal, finish) =>
  withCompilation(program.command('export'), terminal, loweringOptions)
    .description('write a model with its weights as ONNX')
    .argument('<file>', 'a .convnet file; - is the standard input')
    .option('--out <file>', 'what to write (default: NAME.onnx)')
    .action(async (file, options) => finish(await (await import('./export.ts')).exportFile(file, options, terminal)));

const addVerify: Add = (program, terminal, finish) =>
  withCompilation(program.command('verify'), terminal)
    .description('run on stored inputs and compare with stored results, layer by layer where layer results are stored')
    .argument('<file>', 'a .convnet file or a model of another framework; - is the standard input')
    .requiredOption('--vectors <folder>', 'files called NAME.npy, .json or .f32 for inputs, results and layers')
    .option('--rtol <number>', 'tolerance as a part of the largest expected value', realNumber, 1e-4)
    .option('--atol <number>', 'tolerance added to it', realNumber, 0)
    .action(async (file, options) => finish(await (await import('./verify.ts')).verify(file, options, terminal)));

const addBench: Add = (program, terminal, finish) =>
  withCompilation(program.command('bench'), terminal)
    .description('time the model and each layer')
    .argument('<file>', 'a .convnet file or a model of another framework; - is the standard input')
    .action(async (file, options) => finish(await (await import('./bench.ts')).bench(file, options, terminal)));

const addTune: Add = (program, terminal, finish) =>
  withCompilation(program.command('tune'), terminal, { init, seed, schedules })
    .description('time schedules and algorithms on this machine and write the fastest, for --schedules')
    .argument('<file>', 'a .convnet file or a model of another framework; - is the standard input')
    .option('--out <file>', 'what to write (default: NAME.schedules.json)')
    .action(async (file, options) => finish(await (await import('./tune.ts')).tune(file, options, terminal)));

const addFormat: Add = (program, terminal, finish) =>
  program
    .command('fmt')
    .description('bring files into canonical layout')
    .argument('<file...>', '.convnet files; - goes from the standard input to the standard output', collectFile)
    .option('--check', 'change nothing, only say which files would change')
    .action(async (files, options) => finish(await (await import('./fmt.ts')).fmt(files, options, terminal)));
