// What Node makes of sources is kept beside the packages: a start takes half the time, and types are stripped once. The stripper takes some
// 25 MB in each thread that needs it, so each thread begins with a file of plain JavaScript that says this before it loads the others.
import module from 'node:module'
import { join } from 'node:path'

/** Keeps compiled sources, and takes those that are kept, in this thread from now on. */
export const keepCompiled = () => module.enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/hagukumi'))

/** Writes them down now, since a process or thread that is killed would not. */
export const flushCompiled = () => module.flushCompileCache()
