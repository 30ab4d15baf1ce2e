/** Pairs by their keys, each key's values in order: what answers in one look-up what else would be a search. */
export function grouped<K, V>(pairs: Iterable<readonly [K, V]>): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const [key, value] of pairs) append(groups, key, value);
  return groups;
}

/** One more value of a key. */
export function append<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const known = groups.get(key);
  if (known) known.push(value);
  else groups.set(key, [value]);
}
