import type { receivers as ja } from '../ja/receivers.ts'
import type { Same } from '../same.ts'

/** Words of what receivers bear, and of whose networks read mail. */
export const receivers: Same<typeof ja> = {
  title: 'Sending pace by receiver',
  hint: 'When a receiver says we send too fast (421, 4.7.x), it is sent half as much. Each minute that goes well gives a little back. What was learnt outlives restarts and is forgotten after 30 days without a complaint.',
  none: 'No receiver has a limit now.',
  add: 'Set a limit',
  edit: 'Change limit',
  editOf: 'Change the limit of {name}',
  forget: 'Forget what was learnt',
  forgetOf: 'Forget what was learnt of {name}',
  free: 'Back to automatic',
  freeOf: 'Set the limit of {name} back to automatic',
  receiver: 'Domain',
  receiverHint: 'Counted by who receives mail for this domain (its MX).',
  perMinute: 'Mails a minute',
  connections: 'Mails at a time',
  auto: 'Automatic',
  perMinuteNow: '{n, number} a minute at most',
  connectionsNow: '{n, number} at a time at most',
  save: 'Save',
  saved: 'The limit of {name} was saved',
  freed: 'The limit of {name} is automatic again',
  forgotten: 'What was learnt of {name} was forgotten',
  kind: { learnt: 'Learnt', fixed: 'Fixed' },
  why: {
    rate: 'It said we send too fast',
    connections: 'It said we open too many connections',
    fixed: '{by} set it',
  },
  rises: 'Each minute that goes well adds {n, number}.',
  besides: 'Something was learnt, too; what was set goes first.',
  names: {
    google: 'Google (Gmail, Workspace)',
    microsoft: 'Microsoft (365, Outlook)',
    'yahoo-japan': 'Yahoo! JAPAN',
    docomo: 'docomo',
    au: 'au',
    softbank: 'SoftBank',
  },
}
