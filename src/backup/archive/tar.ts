// The container of a backup: a plain tar (POSIX ustar), so that any machine can open one without us. Members are small and come in order.
import type { FileHandle } from 'node:fs/promises'
import { refuse } from '#kernel/errors.ts'

const BLOCK = 512
const LONGEST_NAME = 100
/** No member of ours is larger; a header that says more is damage. */
const LARGEST = 256 * 1024 * 1024

/** Header of one member, then its bytes, padded to whole blocks. */
export function tarMember(name: string, bytes: Buffer, at: Date): Buffer[] {
  if (Buffer.byteLength(name) > LONGEST_NAME) throw new Error(`the name of a member is too long: ${name}`)
  const head = Buffer.alloc(BLOCK)
  head.write(name, 0, 'utf8')
  head.write('0000600\0', 100)
  head.write('0000000\0', 108)
  head.write('0000000\0', 116)
  head.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
  head.write(
    `${Math.floor(at.getTime() / 1000)
      .toString(8)
      .padStart(11, '0')}\0`,
    136,
  )
  head.write('        ', 148)
  head.write('0', 156)
  head.write('ustar\x0000', 257)
  head.write(`${sumOf(head).toString(8).padStart(6, '0')}\0 `, 148)
  return [head, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]
}

/** What ends a tar. */
export const tarEnd = (): Buffer => Buffer.alloc(BLOCK * 2)

const sumOf = (head: Buffer): number => head.reduce((sum, byte) => sum + byte, 0)

export interface Member {
  readonly name: string
  readonly bytes: Buffer
}

/**
 * Reads the members of a tar one after the other, each as a whole; memory stays at one member.
 * @throws Refusal unprocessable where the file ends early or a header is damaged
 */
export async function* readTar(file: FileHandle): AsyncGenerator<Member> {
  const { size } = await file.stat()
  let at = 0
  for (;;) {
    const head = await readAt(file, at, BLOCK, size)
    if (head.every((byte) => byte === 0)) return
    const { name, length } = readHead(head)
    if (at + BLOCK + length > size) damaged('it ends in the middle: the copy was cut off')
    yield { name, bytes: await readAt(file, at + BLOCK, length, size) }
    at += BLOCK + Math.ceil(length / BLOCK) * BLOCK
  }
}

function readHead(head: Buffer): { name: string; length: number } {
  const said = Number.parseInt(head.toString('latin1', 148, 156), 8)
  const blank = Buffer.from(head)
  blank.fill(' ', 148, 156)
  if (said !== sumOf(blank) || head.toString('latin1', 257, 262) !== 'ustar') damaged('it is no backup, or a part of it was changed')
  const length = Number.parseInt(head.toString('latin1', 124, 136), 8)
  if (!Number.isSafeInteger(length) || length < 0 || length > LARGEST) damaged('a part of it was changed')
  return { name: head.toString('utf8', 0, head.indexOf(0)), length }
}

async function readAt(file: FileHandle, at: number, length: number, size: number): Promise<Buffer> {
  if (at + length > size) damaged('it ends in the middle: the copy was cut off')
  const bytes = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done)
    if (bytesRead === 0) damaged('it ends in the middle: the copy was cut off')
    done += bytesRead
  }
  return bytes
}

/** @throws Refusal unprocessable: this file is not restored */
export function damaged(why: string): never {
  refuse('unprocessable', 'backup.damaged', {
    message: `このバックアップは使えません / This backup cannot be used: ${why}. Nothing was changed.`,
  })
}
