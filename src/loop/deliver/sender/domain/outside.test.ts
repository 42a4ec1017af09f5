import { expect, test } from 'vitest'
import { isReserved, linkFault } from './outside.ts'

test('GEN-05 names that exist nowhere are told from those a receiver can look up', () => {
  for (const name of [
    'mihon.example',
    'example.com',
    'www.example.org',
    'example.co.jp',
    'example3.ne.jp',
    'mail.test',
    'host.local',
    'localhost',
  ])
    expect([name, isReserved(name)]).toEqual([name, true])
  for (const name of ['mihon.co.jp', 'myexample.com', 'example.mihon.jp', 'example.co', 'contest.jp', ''])
    expect([name, isReserved(name)]).toEqual([name, false])
})

test('GEN-02 links that nobody outside can follow are told from those that are open, and from those without TLS', () => {
  for (const url of [
    'http://localhost:3000',
    'https://127.0.0.1',
    'http://192.168.1.5',
    'https://[::1]',
    'https://crm',
    'https://crm.internal',
    'http://[fd00::1]',
  ])
    expect([url, linkFault(url)]).toEqual([url, 'private'])
  expect(linkFault('http://crm.mihon.co.jp')).toBe('plain')
  expect(linkFault('https://crm.mihon.co.jp')).toBeNull()
  expect(linkFault('https://8.8.8.8')).toBeNull()
})
