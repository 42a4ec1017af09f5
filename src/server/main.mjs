// The entry: is this Node new enough, and what does it keep between starts. The product itself is loaded after that.
// Plain JavaScript, the only such file: a first file with types would load the type stripper (some 25 MB) before its results can be read from the cache.
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'

const [major] = process.versions.node.split('.').map(Number)
if (!major || major < 24) {
  process.stderr.write(`Hagukumi runs on Node 24 or newer; this is ${process.version}. Start it with "npm start", which brings its own.\n`)
  process.exit(1)
}

// Compiled sources are kept beside the packages: a start takes half the time, and types are stripped once.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/hagukumi'))
const { main } = await import('./start.ts')
await main()
flushCompileCache() // now, since a process that is killed would not
