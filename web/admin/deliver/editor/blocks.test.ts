import { describe, expect, test } from 'vitest'
import type { Block, Draft } from '#loop/deliver/template/contract.ts'
import { drop, put, putBack, takenBack } from './blocks.ts'

const heading = (id: string, text: string) => ({ id, kind: 'heading', text, level: 1, align: 'left' }) as const
const before: Draft = {
  subject: '①のご案内',
  preheader: '㈱見本',
  blocks: [heading('a', '①'), { id: 'c', kind: 'columns', left: [heading('l', '②'), heading('m', '中')], right: [] }, heading('z', '終')],
}
const mended: Draft = {
  subject: '(1)のご案内',
  preheader: '(株)見本',
  blocks: [
    heading('a', '(1)'),
    { id: 'c', kind: 'columns', left: [heading('l', '(2)'), heading('m', '中')], right: [] },
    heading('z', '終'),
  ],
}

describe('NUR-01 what is undone in the mail editor leaves what was written since', () => {
  test('the proposals are taken back whole when nothing was written', () => {
    expect(takenBack(mended, mended, before)).toEqual(before)
  })

  test('a block, a leaf and a subject that were changed since keep their change', () => {
    const blocks = put(put(mended.blocks, heading('z', '新しい終')), heading('m', '新しい中'))
    const taken = takenBack({ ...mended, subject: '別の件名', charset: 'utf-8', blocks: [...blocks, heading('n', '追加')] }, mended, before)
    expect(taken).toEqual({
      subject: '別の件名',
      preheader: '㈱見本',
      charset: 'utf-8',
      blocks: [
        heading('a', '①'),
        { id: 'c', kind: 'columns', left: [heading('l', '②'), heading('m', '新しい中')], right: [] },
        heading('z', '新しい終'),
        heading('n', '追加'),
      ],
    })
  })

  test('a removed block comes back to its place among blocks that were changed since', () => {
    const whole = before.blocks as readonly Block[]
    for (const id of ['a', 'c', 'l', 'm', 'z']) expect(putBack(drop(whole, id), id, whole)).toEqual(whole)
    const later = put(drop(whole, 'l'), heading('a', '新しい'))
    expect(putBack(later, 'l', whole)).toEqual(put(whole, heading('a', '新しい')))
  })
})
