// The syntax tree of a `.convnet` file: what the writer wrote, before anything is looked up or computed.
//
//   model tiny(image: [28, 28, 1]) -> [10] {     Model { inputs: [image], outputs: unnamed, body }
//     conv(8, kernel: 5) : [24, 24, 8] as stem   ChainStatement { chain: [Call], assertion, as }
//     x |> relu                                  ChainStatement { chain: [Name, Name] }
//   }
//
// The tree knows no operator and no scope: `relu` is a Name, whether it is a value, a layer or a block is decided later.
// Besides its meaning every statement and item carries a `layout` (blank lines, comments) for the formatter.
import type { Source, Span } from './span.ts';

export interface File {
  readonly source: Source;
  /** In the order in which they stand. `itemsOf(file, 'model')` picks one kind. */
  readonly items: readonly Item[];
  /** Every comment of the file in order, also those that `layout` fields hold. */
  readonly comments: readonly Comment[];
  /** Comments after the last item. */
  readonly ending: readonly Comment[];
  readonly span: Span;
}

export type Item = Import | Param | Block | Model;

/** The items of one kind, in order: `itemsOf(file, 'block')`. */
export function itemsOf<K extends Item['kind']>(file: File, kind: K): readonly Extract<Item, { kind: K }>[] {
  return file.items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
}

/** `import { residual, stem } from "./blocks.convnet"` */
export interface Import {
  readonly kind: 'import';
  readonly names: readonly Identifier[];
  readonly path: StringLiteral;
  readonly layout: Layout;
  readonly span: Span;
}

/** `param width = 1.0` */
export interface Param {
  readonly kind: 'param';
  readonly name: Identifier;
  readonly default: Expression;
  /** The text of the `///` lines above it, joined by newlines; empty when there are none. */
  readonly documentation: string;
  readonly layout: Layout;
  readonly span: Span;
}

/** `block residual(filters, stride = 1) { … }` */
export interface Block {
  readonly kind: 'block';
  readonly name: Identifier;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
  readonly documentation: string;
  readonly layout: Layout;
  readonly span: Span;
}

export interface Parameter {
  readonly name: Identifier;
  readonly default?: Expression;
  readonly span: Span;
}

/** `model unet(image: [H = 128, W = 128, 3]) -> (mask: [H, W, 2]) { … }` */
export interface Model {
  readonly kind: 'model';
  readonly name: Identifier;
  readonly inputs: readonly NamedShape[];
  /** Absent where the header states no result. */
  readonly outputs?: Outputs;
  readonly body: Body;
  readonly documentation: string;
  readonly layout: Layout;
  readonly span: Span;
}

export type Outputs =
  | { readonly kind: 'unnamed'; readonly shape: ShapePattern; readonly span: Span }
  | { readonly kind: 'named'; readonly results: readonly NamedShape[]; readonly span: Span };

export interface NamedShape {
  readonly name: Identifier;
  readonly shape: ShapePattern;
  readonly span: Span;
}

/** `[H = 224, W / 2, _]` */
export interface ShapePattern {
  readonly dimensions: readonly Dimension[];
  readonly span: Span;
}

export type Dimension =
  /** `_`: any size. */
  | { readonly kind: 'any'; readonly span: Span }
  /** `H = 224`: a name with a default; only an input's shape may have it. */
  | { readonly kind: 'named'; readonly name: Identifier; readonly default: Expression; readonly span: Span }
  /** `56`, `H / 2`, or a name alone. */
  | { readonly kind: 'size'; readonly size: Expression; readonly span: Span };

export interface Body {
  readonly statements: readonly Statement[];
  /** Comments behind the opening brace. */
  readonly opening: readonly Comment[];
  /** Comments between the last statement and the closing brace. */
  readonly ending: readonly Comment[];
  /** From the opening to the closing brace, both included. */
  readonly span: Span;
}

export type Statement = ChainStatement | Repeat | If | Return | Weights;

/** `x |> conv(8) |> relu : [56, 56, 8] as stem`; a chain of one link is a layer call, a block call or a value's name. */
export interface ChainStatement {
  readonly kind: 'chain-statement';
  readonly chain: Chain;
  readonly assertion?: ShapePattern;
  readonly as?: Identifier;
  readonly layout: Layout;
  readonly span: Span;
}

/** `repeat 3 as i { … }` */
export interface Repeat {
  readonly kind: 'repeat';
  readonly count: Expression;
  readonly variable?: Identifier;
  readonly body: Body;
  readonly layout: Layout;
  readonly span: Span;
}

/** `if a { … } else if b { … } else { … }`: the branches in order, then what holds when none does. */
export interface If {
  readonly kind: 'if';
  readonly branches: readonly Branch[];
  readonly otherwise?: Body;
  readonly layout: Layout;
  readonly span: Span;
}

export interface Branch {
  readonly condition: Expression;
  readonly body: Body;
  readonly span: Span;
}

/** `return classes: it, features: features` */
export interface Return {
  readonly kind: 'return';
  readonly results: readonly ReturnedValue[];
  readonly layout: Layout;
  readonly span: Span;
}

export interface ReturnedValue {
  readonly name?: Identifier;
  readonly value: Expression;
  readonly span: Span;
}

/** `weights "file.safetensors"` */
export interface Weights {
  readonly kind: 'weights';
  readonly path: StringLiteral;
  readonly layout: Layout;
  readonly span: Span;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | Name
  | List
  | Unary
  | Binary
  | Call
  | ResultOf
  | Chain;

export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
  /** As written: `1.0`, `1e-5`. */
  readonly text: string;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
  readonly span: Span;
}

export interface BooleanLiteral {
  readonly kind: 'boolean';
  readonly value: boolean;
  readonly span: Span;
}

/** A value, parameter, keyword such as `same`, or a layer or block without arguments: resolution decides. */
export interface Name {
  readonly kind: 'name';
  readonly name: string;
  readonly span: Span;
}

export interface List {
  readonly kind: 'list';
  readonly elements: readonly Expression[];
  readonly span: Span;
}

export interface Unary {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expression;
  readonly span: Span;
}

export interface Binary {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  /** Where the operator itself stands. */
  readonly operatorSpan: Span;
  readonly span: Span;
}

export type UnaryOperator = '-' | '+' | 'not';
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';

/** `round(32 * width)` or `conv(8, kernel: 3)`: a compile-time function, a layer or a block. */
export interface Call {
  readonly kind: 'call';
  readonly callee: Identifier;
  readonly arguments: readonly Argument[];
  readonly span: Span;
}

export interface Argument {
  readonly name?: Identifier;
  readonly value: Expression;
  readonly span: Span;
}

/** `x |> conv(8) |> relu`; as an expression it has at least two links, as a statement at least one. */
export interface Chain {
  readonly kind: 'chain';
  readonly links: readonly Link[];
  readonly span: Span;
}

export type Link = Name | Call | ResultOf;

/** `l.hidden`: one of several results of a layer, of a value by its name or of the layer right here. */
export interface ResultOf {
  readonly kind: 'result';
  readonly of: Name | Call;
  readonly result: Identifier;
  readonly span: Span;
}

/** A name where it is introduced, or names something that is no expression. */
export interface Identifier {
  readonly name: string;
  readonly span: Span;
}

/** How a statement or item stands on the page; the formatter keeps it, nothing else looks at it. */
export interface Layout {
  /** `joined`: on the line of what stands before it (after `;` or `{`); `blank`: after at least one blank line. */
  readonly gap: 'joined' | 'line' | 'blank';
  /** Comment lines above it. */
  readonly before: readonly Comment[];
  /** Comments behind it on its last line. */
  readonly after: readonly Comment[];
}

export interface Comment {
  /** With its marks: `// like this`, `/* or this *\/`, `/// documentation`. */
  readonly text: string;
  /** Alone on its line (or lines), or behind something. */
  readonly own: boolean;
  /** Whether a blank line stands above it. */
  readonly blankBefore: boolean;
  readonly span: Span;
}
