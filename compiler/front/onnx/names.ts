// Names of layers from ONNX's names of tensors and nodes.
import { cleanName } from '../importing/names.ts';

/** What exporters append to a layer's name to name one of its tensors. */
const tensorWords =
  /[._/](weights?|bias(es)?|kernel|gamma|beta|scale|slope|value|depthwise|pointwise|running_mean|running_var|mean|variance|var|w|b)(_\d+)?$/i;

/** Names that exporters make up: `12`, `Conv_3`, `node_Conv_3`, `onnx::Conv_123`, `n0`. */
const madeUp = /^(onnx::)?[A-Za-z]?\d*$|^(onnx::|node_)?[A-Z][A-Za-z]*_?\d*$/;

/** A layer's name, from the names of its weights (which people chose) or of its node. */
export function layerName(weights: readonly string[], node: string): string | undefined {
  for (const weight of weights) {
    const stem = weight.replace(tensorWords, '');
    if (stem !== weight && !madeUp.test(stem)) return cleanName(stem);
  }
  // A node of PyTorch is named by its modules and its own operator, /a/a.0/Conv, where a.0 already says a.
  const modules = node.split('/').filter((part) => part !== '' && !/^[A-Z][A-Za-z]*(_\d+)?$/.test(part));
  const told = modules.filter((part, at) => !modules[at + 1]?.startsWith(`${part}.`));
  const module = told.join('.');
  return madeUp.test(module) ? undefined : cleanName(module);
}
