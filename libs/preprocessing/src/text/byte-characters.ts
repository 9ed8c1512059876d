/**
 * The printable character that stands for each byte in a byte-level tokenizer's vocabulary (GPT-2, Radford et al. 2019): bytes that print
 * stand for themselves, the others for characters from U+0100 on, in their order.
 */
export const byteCharacters: readonly string[] = (() => {
  const prints = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(prints(byte) ? byte : next++));
})();
