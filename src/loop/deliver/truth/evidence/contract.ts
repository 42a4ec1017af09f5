// What is thought of an open or a click, and why. Without schemas, so that screens load little.
export const VERDICTS = ['human', 'machine', 'unknown'] as const
export type Verdict = (typeof VERDICTS)[number]

/** What speaks for a person or against one. */
export const EVIDENCE = [
  'trap',
  'near_trap',
  'head',
  'prefetch',
  'scanner',
  'no_agent',
  'bare_agent',
  'at_once',
  'soon',
  'burst',
  'sweep',
  'gateway',
  'apple',
  'datacentre',
  'swept_domain',
  'activated',
  'page',
  'opened',
] as const
export type Evidence = (typeof EVIDENCE)[number]
