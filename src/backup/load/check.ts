// Looks a backup through before anything is changed.
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { refuse } from '#kernel/errors.ts'
import { ABOUT, type About, about, END, type End, end, FORMAT, JOBS, pieceName, SEAL, tableFolder } from '../archive/manifest.ts'
import { damaged, type Member, readTar } from '../archive/tar.ts'

export interface Checked {
  readonly about: About
  readonly end: End
}

/**
 * Reads the whole file once and compares every part with its checksum.
 * @throws Refusal unprocessable (`backup.damaged`) when it is cut off, changed or no backup of ours; missing when there is no such file
 */
export async function checkBackup(path: string): Promise<Checked> {
  const file = await open(path, 'r').catch(() =>
    refuse('missing', 'backup.file', { message: `ファイルを開けません / The file ${path} cannot be opened.` }),
  )
  try {
    const seen: { name: string; bytes: number; sha256: string }[] = []
    const kept = new Map<string, Buffer>()
    for await (const member of readTar(file)) note(member, seen, kept)
    const ending = kept.get(END)
    if (!ending || kept.get(SEAL)?.toString('utf8') !== createHash('sha256').update(ending).digest('hex'))
      damaged('it was never finished, or its end is missing')
    const manifest = { about: parse(about, kept.get(ABOUT)), end: parse(end, ending) }
    compare(manifest, seen)
    return manifest
  } finally {
    await file.close()
  }
}

function note(member: Member, seen: { name: string; bytes: number; sha256: string }[], kept: Map<string, Buffer>): void {
  if (kept.has(member.name)) damaged(`it holds ${member.name} twice`)
  if ([ABOUT, END, SEAL].includes(member.name)) kept.set(member.name, member.bytes)
  if (member.name === ABOUT && !member.bytes.includes(FORMAT)) damaged('it is no backup of this product')
  if (member.name !== END && member.name !== SEAL)
    seen.push({ name: member.name, bytes: member.bytes.length, sha256: createHash('sha256').update(member.bytes).digest('hex') })
}

function parse<T>(schema: { safeParse(value: unknown): { success: boolean; data?: T } }, bytes: Buffer | undefined): T {
  try {
    const parsed = schema.safeParse(JSON.parse((bytes ?? Buffer.alloc(0)).toString('utf8')))
    if (parsed.success && parsed.data !== undefined) return parsed.data
  } catch {
    // told below
  }
  return damaged('it was made by another version of the format')
}

/** Every part that was written is there, unchanged, in its order; and nothing else is. */
function compare({ about: head, end: tail }: Checked, seen: readonly { name: string; bytes: number; sha256: string }[]): void {
  const flat = (members: readonly { name: string; bytes: number; sha256: string }[]) =>
    members.map(({ name, bytes, sha256 }) => `${name} ${bytes} ${sha256}`).join('\n')
  if (flat(seen) !== flat(tail.members)) {
    const wrong = tail.members.find((member, i) => flat([member]) !== flat(seen.slice(i, i + 1)))
    damaged(`a part of it was changed or is missing (${wrong?.name ?? seen.at(-1)?.name ?? '?'})`)
  }
  const names = new Set(tail.members.map(({ name }) => name))
  const wanted = [
    ABOUT,
    JOBS,
    ...tail.tables.flatMap(({ name, pieces }) => piecesOf(tableFolder(name), pieces)),
    ...tail.files.flatMap(({ member, pieces }) => piecesOf(member, pieces)),
  ]
  if (wanted.some((name) => !names.has(name)) || wanted.length !== names.size) damaged('its table of contents does not fit')
  if (head.tables.map(({ name }) => name).join() !== tail.tables.map(({ name }) => name).join()) damaged('its tables do not fit')
}

const piecesOf = (folder: string, pieces: number): string[] => Array.from({ length: pieces }, (_, i) => pieceName(folder, i + 1))
