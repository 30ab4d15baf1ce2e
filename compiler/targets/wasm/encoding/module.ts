// A module while it is put together. Functions are encoded as they are added, so that a function can call only those that
// were added before it; nothing here is optimised or put into another order.
import { type Callee, end } from './control.ts';
import { Code, type Expression, type Instruction } from './expression.ts';
import type { Locals } from './locals.ts';
import { encodeSections } from './sections.ts';
import type { FunctionType, ResultType } from './types.ts';

export interface FunctionContent<Result extends ResultType> {
  /** What profilers show. */
  readonly name: string;
  readonly locals: Locals;
  readonly body: readonly Instruction[];
  /** What it returns, if anything. */
  readonly result?: Expression<Result>;
}

/** In pages of 65536 bytes. */
export interface Memory {
  readonly minimum: number;
  readonly maximum: number;
  /** Between threads. */
  readonly shared?: boolean;
  /** The memory is made elsewhere and handed in under these names. */
  readonly imported?: { readonly module: string; readonly name: string };
  readonly exported?: string;
}

/** Bytes that a memory begins with. */
export interface DataSegment {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export class Module {
  memory: Memory | undefined;
  readonly data: DataSegment[] = [];
  readonly types: FunctionType[] = [];
  readonly functions: { readonly name: string; readonly type: number; readonly code: Uint8Array }[] = [];
  readonly exports: { readonly name: string; readonly number: number }[] = [];
  private readonly typeNumbers = new Map<string, number>();

  addFunction<Result extends ResultType = 'none'>({
    name,
    locals,
    body,
    result,
  }: FunctionContent<Result>): Callee<Result> {
    const type: FunctionType = {
      parameters: locals.parameters.map((parameter) => parameter.type),
      result: result?.type ?? 'none',
    };
    const number = this.functions.length;
    this.functions.push({ name, type: this.typeNumber(type), code: encodeFunction(locals, body, result) });
    return { ...type, name, number } as Callee<Result>;
  }

  export(name: string, { number }: Callee): void {
    this.exports.push({ name, number });
  }

  encode(): Uint8Array<ArrayBuffer> {
    return encodeSections(this);
  }

  private typeNumber(type: FunctionType): number {
    const key = `${type.parameters} ${type.result}`;
    const known = this.typeNumbers.get(key);
    if (known !== undefined) return known;
    this.typeNumbers.set(key, this.types.length);
    return this.types.push(type) - 1;
  }
}

function encodeFunction(
  locals: Locals,
  body: readonly Instruction[],
  result: Expression<ResultType> | undefined,
): Uint8Array {
  const code = new Code(locals);
  locals.write(code.bytes);
  for (const expression of [...body, ...(result ? [result] : [])]) expression.write(code);
  code.bytes.byte(end);
  return code.bytes.finished();
}
