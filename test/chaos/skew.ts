// Loaded into a process of the product before anything else: its own clock is off by the milliseconds that stand in the file CHAOS_CLOCK.
import { readFileSync } from 'node:fs'

const told = Date.now.bind(Date)
let off = 0
const read = (): void => {
  try {
    off = Number(readFileSync(process.env['CHAOS_CLOCK'] ?? '', 'utf8')) || 0
  } catch {
    // Not written yet: right time.
  }
}
read()
setInterval(read, 20).unref()

const now = (): number => told() + off
globalThis.Date = new Proxy(Date, {
  construct: (target, given, as) => Reflect.construct(target, given.length ? given : [now()], as) as object,
  apply: (target) => new target(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
})
