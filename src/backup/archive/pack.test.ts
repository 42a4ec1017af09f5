import { expect, test } from 'vitest'
import { openPacker, PIECE, unpack } from './pack.ts'

test('GEN-15 pieces asked for at once come out as frames of their own, each whole, an empty one too', async () => {
  const packer = openPacker()
  const pieces = [0, 1, 70_000, PIECE, 0, PIECE].map((length, i) => Buffer.from(Array.from({ length }, (_, at) => (at * at + i) % 251)))
  const frames = await Promise.all(pieces.map((piece) => packer.pack(piece)))
  for (const [i, frame] of frames.entries()) expect((await unpack(frame)).equals(pieces[i] as Buffer)).toBe(true)
  packer.close()
})

test('GEN-15 a compressor that is closed makes no piece any more, and none passes for an empty one', async () => {
  const packer = openPacker()
  const asked = [packer.pack(Buffer.alloc(PIECE, 'abc')), packer.pack(Buffer.alloc(PIECE, 'def'))]
  packer.close()
  const told = await Promise.allSettled([...asked, packer.pack(Buffer.from('later'))])
  expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
})
