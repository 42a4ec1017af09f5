// The files in a zip, and out of one again, within limits: whoever uploads one may have packed it to do harm.
import { isUtf8 as isValidUtf8 } from 'node:buffer'
import { buffer } from 'node:stream/consumers'
import { fromBuffer } from 'yauzl'
import { ZipFile } from 'yazl'
import { refuse } from '#kernel/errors.ts'
import type { Files } from './decide.ts'

const MOST_FILES = 5_000
const LARGEST = 2_000_000
const LARGEST_ALL = 60_000_000

/** The same bytes for the same files: no clock in it. */
export async function packZip(files: Files, at: Date): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [path, text] of files) zip.addBuffer(Buffer.from(text), path, { mtime: at, mode: 0o100644 })
  zip.end()
  return buffer(zip.outputStream)
}

/** @throws Refusal unprocessable for anything but a zip of text files within the limits */
export function openZip(bytes: Buffer): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  let expanded = 0
  return new Promise((resolve, reject) => {
    const bad = (why: string) => {
      try {
        refuse('unprocessable', 'setup.zip', { message: `この zip は使えません / This zip cannot be used: ${why}.`, field: 'zip' })
      } catch (error) {
        reject(error as Error)
      }
    }
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true, decodeStrings: false }, (failed, zip) => {
      if (failed || !zip) return bad('it is no zip file')
      zip.on('error', () => bad('it is damaged'))
      zip.on('end', () => resolve(files))
      zip.on('entry', (entry) => {
        expanded += entry.uncompressedSize
        if (zip.entryCount > MOST_FILES || entry.uncompressedSize > LARGEST || expanded > LARGEST_ALL) return bad('it is too large')
        const path = shorten(pathOf(entry))
        if (!path.endsWith('.json')) return zip.readEntry()
        zip.openReadStream(entry, (error, stream) => {
          if (error || !stream) return bad('it is damaged')
          buffer(stream).then(
            (content) => {
              files.set(path, content.toString('utf8'))
              zip.readEntry()
            },
            () => bad('it is damaged'),
          )
        })
      })
      zip.readEntry()
    })
  })
}

/** Names are UTF-8 where the zip says so, or where they can be; a Japanese Windows writes them in its own code page and says nothing. */
function pathOf({ fileName, generalPurposeBitFlag }: { fileName: unknown; generalPurposeBitFlag: number }): string {
  const bytes = fileName as Buffer
  const isUtf8 = (generalPurposeBitFlag & 0x800) !== 0 || isValidUtf8(bytes)
  return new TextDecoder(isUtf8 ? 'utf-8' : 'shift_jis').decode(bytes).replaceAll('\\', '/')
}

/** A zip of a folder has the folder's name before everything: only the last two names count. */
const shorten = (path: string): string => path.split('/').slice(-2).join('/')
