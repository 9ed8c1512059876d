import { TriptychError } from '@triptych/core';

/** The template of a classification that names none. */
export const DEFAULT_TEMPLATE = 'a photo of a {}';

const PLACE = '{}';

/** The sentence that stands for a label. Throws TEMPLATE_INVALID unless the template has one place for it. */
export function fillTemplate(template: string, label: string): string {
  const parts = (template || DEFAULT_TEMPLATE).split(PLACE);
  if (parts.length === 2) return parts.join(label);
  throw new TriptychError(
    'TEMPLATE_INVALID',
    `the template holds {} ${parts.length - 1} times; expected once`,
    {
      field: 'template',
    },
  );
}
