import { expect, test } from 'vitest'
import { adviceFor } from './routeAdvice.ts'

test('GEN-05 what a trial mail ran into is followed by what to do about it, and an answer that speaks for itself by nothing', () => {
  const said = {
    'getaddrinfo ENOTFOUND smtp.mihon.example': 'adviceName',
    'connect ECONNREFUSED 127.0.0.1:587': 'advicePort',
    'the mail server did not answer': 'adviceSilent',
    'SSL routines:ssl3_get_record:wrong version number': 'adviceSecurity',
    'self-signed certificate': 'adviceSecurity',
    '535 5.7.8 Error: authentication failed': 'adviceAccess',
    'No sender address is set.': 'adviceSender',
    '550 5.1.1 No such user': null,
  }
  for (const [reply, word] of Object.entries(said)) expect([reply, adviceFor(reply)]).toEqual([reply, word])
})
