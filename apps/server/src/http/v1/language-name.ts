/** Where that API's names are others than Unicode's. */
const others: Readonly<Record<string, string>> = {
  bn: 'bengali',
  mi: 'maori',
  my: 'myanmar',
  nn: 'nynorsk',
  tl: 'tagalog',
};
let names: Intl.DisplayNames | undefined;

/** A language in English words, as OpenAI's API tells it: `german` for `de`. */
export function languageName(code: string): string {
  names ??= new Intl.DisplayNames(['en'], { type: 'language' });
  return others[code] ?? names.of(code)?.toLowerCase() ?? code;
}
