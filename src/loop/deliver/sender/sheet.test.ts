// What many mails have in common is encoded once: wherever it begins within three bytes, the words that come out are the words that were meant.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { property } from '../../../../test/world.ts'
import { commonOf, flush, putCommon, putOwn, putPlain, sheetOn } from './sheet.ts'

const commons = ['a', 'これは見本です。'.repeat(30), 'x'.repeat(171), 'y'.repeat(172), 'z'.repeat(173), ''].map((text) => ({
  text,
  common: commonOf(text),
}))

test('E1 NUR-03 words in common and words of one’s own, in any order, are lines of at most 76 letters that read as exactly these words', () => {
  const piece = fc.oneof(fc.constantFrom(...commons), fc.string({ unit: 'grapheme', maxLength: 200 }))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(piece, { maxLength: 4 }), (first, second) => {
      const sheet = sheetOn(new ArrayBuffer(8))
      const ends: number[] = []
      for (const part of [first, second]) {
        for (const one of part) typeof one === 'string' ? putOwn(sheet, one) : putCommon(sheet, one.common)
        flush(sheet)
        putPlain(sheet, '--\r\n')
        ends.push(sheet.at)
      }
      const said = sheet.room.toString('latin1', 0, sheet.at)
      expect(Math.max(...said.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76)
      expect(said.slice(0, ends[0])).toMatch(/^(?:(?:[\w+/]{4})+\r\n)*(?:(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?\r\n)?--\r\n$/)
      for (const [i, part] of [first, second].entries()) {
        const lines = said.slice(ends[i - 1] ?? 0, (ends[i] ?? 0) - 4)
        const words = part.map((one) => (typeof one === 'string' ? one : one.text)).join('')
        expect(Buffer.from(lines.replaceAll('\r\n', ''), 'base64').toString()).toBe(Buffer.from(words).toString())
      }
    }),
    { ...property, numRuns: 500 },
  )
})
