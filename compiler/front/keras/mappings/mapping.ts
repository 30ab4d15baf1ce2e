// A row of the tables: how a layer of Keras is written in the language.
import type { LayerValue } from '../../importing/values.ts';
import type { LayerCall } from '../layer-call.ts';

export type Mapping = (call: LayerCall) => LayerValue;

/** By the name of the class. */
export type Table = Readonly<Record<string, Mapping>>;
