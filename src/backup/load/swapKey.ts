import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'

/** Puts `<file>.next` in the place of `file`; what was there stays as `<file>.before`. */
export async function swapKey(file: string): Promise<void> {
  if (existsSync(file)) await rename(file, `${file}.before`)
  await rename(`${file}.next`, file)
}
