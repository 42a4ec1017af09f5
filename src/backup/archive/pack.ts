// A backup is compressed piece by piece, each a zstd frame of its own (RFC 8878).
import { promisify } from 'node:util'
import { constants, createZstdCompress, type ZstdOptions, zstdDecompress } from 'node:zlib'

/** Bytes compressed at once: small enough that hashing one never holds the process up, large enough to compress well. */
export const PIECE = 512 * 1024

/** A window as large as a piece, and the first level: rows of ids and instants come out smaller than by the third, for a quarter less work and memory. */
const PACKING: ZstdOptions = {
  chunkSize: 64 * 1024,
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_windowLog]: Math.log2(PIECE) },
}

export interface Packer {
  /** One piece as a whole frame, made on another thread; those asked for meanwhile wait their turn. The piece stays as it is until then. */
  pack(piece: Buffer): Promise<Buffer>
  close(): void
}

/** One context for all pieces: taken anew for each, its tables would stay behind in the memory of every thread that ever made one (decision 0015). */
export function openPacker(): Packer {
  const stream = createZstdCompress(PACKING)
  let parts: Buffer[] = []
  stream.on('data', (part: Buffer) => parts.push(part))
  const pack = (piece: Buffer): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      stream.once('error', reject) // of a fault of its own the callback hears nothing; of an early end nothing else does
      stream.write(piece)
      stream.flush(constants.ZSTD_e_end, (error?: Error | null) => {
        stream.off('error', reject)
        if (error) return reject(error)
        resolve(Buffer.concat(parts))
        parts = []
      })
    })
  return { pack, close: () => stream.destroy() }
}

const expand = promisify(zstdDecompress)
/** Of any piece a backup may hold, also of older ones. */
const LARGEST_PIECE = 512 * 1024 * 1024

/** A piece as it was. @throws Error when it is damaged, or larger than any of ours */
export const unpack = (frame: Buffer): Promise<Buffer> => expand(frame, { maxOutputLength: LARGEST_PIECE })
