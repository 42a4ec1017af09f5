// What a signal may be and by which channel it came. Browser-safe.
export const SIGNAL_KINDS = [
  'hot',
  'form',
  'click',
  'pricing',
  'download',
  'handoff',
  'scenario',
  'call',
  'chat',
  'assigned',
  'neglected',
] as const
export type SignalKind = (typeof SIGNAL_KINDS)[number]

export const CHANNELS = ['score', 'form', 'mail', 'web', 'sales', 'scenario', 'phone', 'chat'] as const
export type Channel = (typeof CHANNELS)[number]
