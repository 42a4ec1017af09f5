import type { truth as ja } from '../ja/truth.ts'
import type { Same } from '../same.ts'

export const truth: Same<typeof ja> = {
  verdict: { human: 'Person', machine: 'Automatic', unknown: 'Unclear' },
  hide: 'By people only',
  machineMany: '{n, plural, one {# automatic hit} other {# automatic hits}} on mail “{what}”',
  unknownMany: '{n, plural, one {# unclear hit} other {# unclear hits}} on mail “{what}”',
  opened: 'Opened (pictures loaded)',
  human: 'Judged a person: {why}',
  likely: '{n, number, ::percent} likely a person',
  network: 'Network: {name}',
  evidence: {
    trap: 'opened a link that people cannot see',
    near_trap: 'came together with a link that people cannot see',
    head: 'asked without reading the page (HEAD or the like)',
    prefetch: 'prefetched before any click',
    scanner: 'calls itself a bot or scanner',
    no_agent: 'no browser name',
    bare_agent: 'browser name is only “Mozilla/5.0”',
    at_once: 'within 2 seconds of sending',
    soon: 'within 15 seconds of sending',
    burst: 'several links within 1.5 seconds',
    sweep: 'all links within 30 seconds',
    gateway: 'from the network of a mail security gateway',
    apple: 'Apple Mail Privacy Protection (MPP)',
    datacentre: 'from a data centre',
    swept_domain: 'to a domain learned to be opened by machines at once',
    activated: 'signal of a person’s act',
    page: 'the page was shown after the click',
    opened: 'opened before the click',
  },
}
