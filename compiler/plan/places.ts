// Places in a plan as a module shows them: from the folder of the model's own file, so that the bytes of a module do not
// depend on where the compiler was called.
//
//     models/net.convnet:3:5, models/lib/blocks.convnet:2:3   →   net.convnet:3:5, lib/blocks.convnet:2:3
import type { Source } from '../../dsl/span.ts';
import type { Invocation } from '../tiler/loop.ts';
import type { Plan } from './plan.ts';

/** The plan of a model that is written in `file`. */
export function withPlacesFrom(file: string, plan: Plan): Plan {
  const sources = new Map<Source, Source>();
  const moved = (source: Source): Source => {
    const known = sources.get(source) ?? { ...source, file: pathFrom(file, source.file) };
    sources.set(source, known);
    return known;
  };
  const each = (invocation: Invocation): Invocation => ({
    ...invocation,
    origins: invocation.origins.map((origin) => ({
      ...origin,
      span: { ...origin.span, source: moved(origin.span.source) },
    })),
  });
  return { ...plan, setup: plan.setup.map(each), invocations: plan.invocations.map(each) };
}

/** `pathFrom('nets/a.convnet', 'lib/b.convnet')` is `../lib/b.convnet`. */
export function pathFrom(file: string, path: string): string {
  if (file.startsWith('/') !== path.startsWith('/')) return path;
  const folder = partsOf(file).slice(0, -1);
  const parts = partsOf(path);
  let shared = 0;
  while (shared < folder.length && shared < parts.length - 1 && folder[shared] === parts[shared]) shared++;
  return [...folder.slice(shared).map(() => '..'), ...parts.slice(shared)].join('/');
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '.');
