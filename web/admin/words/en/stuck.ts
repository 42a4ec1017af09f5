import type { stuck as ja } from '../ja/stuck.ts'
import type { Same } from '../same.ts'

export const stuck: Same<typeof ja> = {
  title: 'Stopped people',
  crumb: 'Settings',
  band: 'Nothing has run for this person since {when}.',
  kinds: {
    fault: 'What they did could not be handled',
    circle: 'Rules kept setting each other off, so they were stopped',
    restless: 'The same work would have gone on for ever, so it was stopped',
  },
  kept: 'Scores, segments and scenarios do not move. What they do meanwhile is kept, and is handled when they go on.',
  help: {
    fault: 'Mend it and try again, or just try again.',
    circle: 'Change one of the rules that set each other off, then try again.',
    restless: 'Change what is set here, then try again.',
  },
  hint: 'For these people scores, segments and scenarios have stopped because of a fault. What they do meanwhile is kept, and is handled when they go on.',
  retry: 'Try again',
  retrySome: 'Try {n, number} again',
  retryAll: 'Try all again',
  retried: '{n, plural, one {# person is} other {# people are}} tried again. Whoever fails again comes back here.',
  person: 'Name',
  company: 'Company',
  why: 'Why',
  reason: '{kind}: {what}',
  since: 'Since',
  empty: 'Nobody is stopped',
  emptyText: 'When a fault stops somebody, they appear here with the reason. Everybody else goes on.',
}
