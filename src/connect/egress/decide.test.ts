import { expect, test } from 'vitest'
import { forbiddenAddress, readUrl } from './decide.ts'

/** Spellings of addresses inside the house, as WHATWG URLs and resolvers know them. */
const INSIDE = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '0x7f.0.0.1',
  '0x7f000001',
  '2130706433',
  '017700000001',
  '0177.0.0.1',
  '127.000.000.001',
  '127.0.0.1.',
  '①②⑦.⓪.⓪.①',
  '１２７.0.0.1',
  '0',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '0xa9fea9fe',
  '100.64.0.1',
  '100.100.100.200',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '168.63.129.16',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::a9fe:a9fe]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fec0::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[100::1]',
  '[::ffff:0:127.0.0.1]',
]

test('X3 forty-five spellings of addresses inside the house are all refused', () => {
  expect(INSIDE.length).toBeGreaterThanOrEqual(40)
  const passed = INSIDE.filter((host) => URL.canParse(`http://${host}/`) && !('refused' in readUrl(`http://${host}/`, [])))
  expect(passed).toEqual([])
})

test('X3 other protocols, ports and credentials are refused', () => {
  for (const url of [
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'http://example.com:22/',
    'https://example.com:8443/',
    'http://a:b@example.com/',
    'javascript:1',
    '',
  ])
    expect(readUrl(url, []), url).toHaveProperty('refused')
})

test('public names and addresses pass; an operator can open a private one', () => {
  for (const url of ['https://example.com/x', 'http://8.8.8.8/', 'https://[2606:4700::1111]/', 'https://example.com:443/'])
    expect(readUrl(url, []), url).toHaveProperty('url')
  expect(readUrl('http://127.0.0.1:9999/', ['127.0.0.1'])).toMatchObject({ allowed: true })
  expect(readUrl('http://127.0.0.2:9999/', ['127.0.0.1'])).toHaveProperty('refused')
})

test('X3 addresses as a resolver gives them, zone ids included', () => {
  for (const address of ['127.0.0.1', '::1', 'fe80::1%eth0', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '64:ff9b::a00:1', 'nonsense', ''])
    expect(forbiddenAddress(address), address).not.toBeNull()
  for (const address of ['93.184.216.34', '2606:4700:4700::1111']) expect(forbiddenAddress(address), address).toBeNull()
})
