/** Where Whisper's names are others than Unicode's. */
const whispers: Readonly<Record<string, string>> = {
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
  return whispers[code] ?? names.of(code)?.toLowerCase() ?? code;
}
