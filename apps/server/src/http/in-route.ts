import { TriptychError } from '@triptych/core';

/** A failure of the engine's, with the field in the words of a route: `candidates[2].image.encoded` is `documents[2].image` there. */
export async function inRoute<T>(fields: Readonly<Record<string, string>>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw renameField(TriptychError.from(thrown), fields);
  }
}

export function renameField(error: TriptychError, fields: Readonly<Record<string, string>>): TriptychError {
  const { reason, message, cause, resource, retryAfterMs, field } = error;
  const renamed = field
    ?.replace(
      /^\w+(\.\w+)?/,
      (path) => fields[path] ?? path.replace(/^\w+/, (first) => fields[first] ?? first),
    )
    .replace(/\.(encoded|data|format\.encoding)$/, '');
  return new TriptychError(reason, message, { field: renamed, cause, resource, retryAfterMs });
}
