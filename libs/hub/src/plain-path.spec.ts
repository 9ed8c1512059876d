import { describe, expect, it } from 'vitest';
import { isPlainName, isPlainPath } from './plain-path.js';

describe('a plain name', () => {
  it('is no path, and no part of one', () => {
    expect(['a', 'model-1.safetensors', '..a', 'a b'].filter(isPlainName)).toHaveLength(4);
    expect(
      ['', '.', '..', 'a/b', 'a\\b', 'c:a', 'a\0', 7, null, undefined, ['a']].filter(isPlainName),
    ).toEqual([]);
  });

  it('may stand in folders that are plain, too', () => {
    const paths = ['a', '1_Pooling/config.json', 'a/../b', '/a', 'a//b', 'a/', 'c:/a', 'a/..'];
    expect(paths.filter(isPlainPath)).toEqual(['a', '1_Pooling/config.json']);
  });
});
