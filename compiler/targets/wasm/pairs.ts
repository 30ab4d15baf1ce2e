// Sums of products two at a time: first both products, then both additions.
//
//   A0 = add(A0, multiply(V0, V1))        P0 = multiply(V0, V1)
//   V2 = load(weights)                    V2 = load(weights)
//   A1 = add(A1, multiply(V0, V2))   →    P1 = multiply(V0, V2)
//                                         A0 = add(A0, P0)
//                                         A1 = add(A1, P1)
//
// A processor that hands its operations to pipes in turn keeps two that multiply and two that add busy with pairs; where
// multiplications and additions alternate, all of a kind can meet in the same pipe. An engine that keeps the order of a
// module runs a tile of sums a tenth faster so.
import { type Statement, type Value, widthOf } from '../../tiler/loop.ts';
import { readsRegister } from '../../tiler/values.ts';

type Setting = Extract<Statement, { kind: 'set' }>;

export function pairProducts(body: readonly Statement[]): Statement[] {
  const paired: Statement[] = [];
  const waiting: Setting[] = [];
  const finish = (): void => {
    paired.push(...waiting);
    waiting.length = 0;
  };
  for (const statement of body) {
    if (statement.kind === 'for') {
      finish();
      paired.push({ ...statement, body: pairProducts(statement.body) });
      continue;
    }
    const setting = statement.kind === 'set' ? statement : undefined;
    const touches = ({ register }: Setting): boolean =>
      setting?.register === register || readsRegister(statement.value, register);
    if (waiting.some(touches)) finish();
    const product = setting && addedProduct(setting);
    if (!product) {
      paired.push(statement);
      continue;
    }
    const width = widthOf(product);
    const name = `${width > 1 ? 'P' : 'p'}${waiting.length}`;
    paired.push({ kind: 'set', register: name, value: product });
    const sum: Value = { kind: 'register', name: setting.register, width };
    const value: Value = { kind: 'apply', function: 'add', arguments: [sum, { kind: 'register', name, width }] };
    waiting.push({ kind: 'set', register: setting.register, value });
    if (waiting.length === 2) finish();
  }
  finish();
  return paired;
}

/** The product that a statement adds to its own register. */
function addedProduct({ register, value }: Setting): Value | undefined {
  if (value.kind !== 'apply' || value.function !== 'add') return undefined;
  const [sum, product] = value.arguments as [Value, Value];
  if (sum.kind !== 'register' || sum.name !== register) return undefined;
  return product.kind === 'apply' && product.function === 'multiply' ? product : undefined;
}
