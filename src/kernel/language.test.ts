import { expect, test } from 'vitest'
import { type Language, languageFor } from './language.ts'

test('GEN-02 a reader gets the language of ours they like best by weight, English if they name only others, and the given one if they name none', () => {
  const cases: readonly (readonly [string | undefined, Language, Language])[] = [
    [undefined, 'ja', 'ja'],
    [undefined, 'en', 'en'],
    ['', 'ja', 'ja'],
    ['*', 'ja', 'ja'],
    ['*', 'en', 'en'],
    ['ja', 'en', 'ja'],
    ['ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7', 'en', 'ja'],
    ['en-US,en;q=0.9,ja;q=0.8', 'ja', 'en'],
    ['EN-gb', 'ja', 'en'],
    // Whatever stands first is not what is liked best.
    ['en;q=0.3, ja;q=0.9', 'en', 'ja'],
    ['fr, ja;q=0.2, en;q=0.8', 'ja', 'en'],
    ['de-DE,de;q=0.9,en;q=0.8', 'ja', 'en'],
    ['zh-CN,en;q=0.5', 'ja', 'en'],
    ['zh-CN,zh;q=0.9,ja;q=0.8', 'en', 'ja'],
    ['de', 'ja', 'en'],
    ['zh-TW,ko;q=0.5', 'ja', 'en'],
    // Alike: in their order. By a star: English.
    ['ja,en', 'en', 'ja'],
    ['en,ja', 'ja', 'en'],
    ['de,*;q=0.5', 'ja', 'en'],
    ['de,en;q=0.1,*;q=0.5', 'en', 'ja'],
    // Refused by name.
    ['en;q=0', 'en', 'ja'],
    ['ja;q=0', 'ja', 'en'],
    ['ja;q=0,en;q=0', 'ja', 'en'],
    ['ja;q=0,*', 'ja', 'en'],
    // Another language that begins alike, and what is no header at all.
    ['jav,eng', 'ja', 'en'],
    ['ja;q=high', 'en', 'en'],
    [';;;,=,', 'ja', 'ja'],
    [`${'x,'.repeat(5_000)}ja`, 'ja', 'en'],
  ]
  for (const [header, otherwise, language] of cases) expect(languageFor(header) ?? otherwise, `${header?.slice(0, 60)}`).toBe(language)
})
