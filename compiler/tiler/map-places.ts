// A statement with other places, each made from its operand and its old index.
import type { Affine } from '../algebra/affine.ts';
import type { Statement, Value } from './loop.ts';

export type MapPlace = (operand: number, at: Affine) => Affine;

export function mapPlaces(statement: Statement, map: MapPlace): Statement {
  switch (statement.kind) {
    case 'for':
      return { ...statement, body: statement.body.map((inner) => mapPlaces(inner, map)) };
    case 'set':
      return { ...statement, value: mapPlacesIn(statement.value, map) };
    case 'store':
      return { ...statement, at: map(statement.operand, statement.at), value: mapPlacesIn(statement.value, map) };
  }
}

function mapPlacesIn(value: Value, map: MapPlace): Value {
  switch (value.kind) {
    case 'load':
    case 'splat':
      return { ...value, at: map(value.operand, value.at) };
    case 'gather': {
      const indices = value.indices.map((index) => ({ ...index, value: mapPlacesIn(index.value, map) }));
      return { ...value, at: map(value.operand, value.at), indices };
    }
    case 'lane':
    case 'extract':
      return { ...value, of: mapPlacesIn(value.of, map) };
    case 'apply':
      return { ...value, arguments: value.arguments.map((argument) => mapPlacesIn(argument, map)) };
    case 'constant':
    case 'register':
      return value;
  }
}
