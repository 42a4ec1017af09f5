// Where the project lies, for those who read files of it: the same answer from a source and from what is built of it (tools/bundle.mjs).
import { findPackageJSON } from 'node:module'
import { dirname } from 'node:path'

const manifest = findPackageJSON(import.meta.url)
if (!manifest) throw new Error('package.json is missing beside the sources; restore it from the repository.')

/** The project's folder: the one of `package.json`, `db`, `dist` and `node_modules`. */
export const ROOT = dirname(manifest)
