// Where the template thread begins; plain JavaScript for the reason given in kernel/compiled.mjs.
import { flushCompiled, keepCompiled } from '#kernel/compiled.mjs'

keepCompiled()
await import('./thread.ts')
flushCompiled()
