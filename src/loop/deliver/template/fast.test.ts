import fc from 'fast-check'
import { Liquid } from 'liquidjs'
import { expect, test } from 'vitest'
import { property } from '../../../../test/world.ts'
import { flush, sheetOn } from '../sender/sheet.ts'
import { fast } from './fast.ts'

const PARTS = [
  'text & <b>\n見本',
  '{{ lead.name }}',
  '{{ click }}/1',
  '{{ lead.attrs.x }}',
  '{{ lead.name | default: "y" }}',
  '{{ lead.size }}',
  '{{ lead.name | escape }}',
  '{{ "{" }}',
  '{% if trap %}<a href="{{ click }}/0">{{ lead.name }}</a>{% endif %}',
  '{% if lead.name == "a" %}1{% elsif lead.attrs.x %}2{% else %}3{% endif %}',
  '{% if lead.name and lead.name != "" %}z{% endif %}',
  '{% unless trap %}no{% endunless %}',
  '{{ lead.constructor }}{{ lead.__proto__ }}{{ toString }}{{ lead.name.length }}',
]
const value = fc.oneof(
  fc.string(),
  fc.constantFrom('', 'a', `<&>"'`, '{{ click }}', null, undefined, true, false, 0, 12.5),
  fc.array(fc.string(), { maxLength: 2 }),
  fc.dictionary(fc.constantFrom('x', 'size', 'first'), fc.string(), { noNullPrototype: true }),
)

/** Base64 as a mail program reads it: four letters at a time, line ends passed over. */
const decoded = (lines: string): string => Buffer.from(lines.replaceAll('\r\n', ''), 'base64').toString()

test('NUR-03 a template rendered in pieces says exactly what the whole interpreter says, for any value', () => {
  for (const outputEscape of ['escape', undefined] as const) {
    const liquid = new Liquid({ ...(outputEscape ? { outputEscape } : {}), ownPropertyOnly: true, strictVariables: false })
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PARTS), { maxLength: 8 }), value, value, value, value, (parts, name, x, click, trap) => {
        const context = { lead: { name, attrs: { x } }, click, trap }
        const templates = liquid.parse(parts.join(''))
        const said = String(liquid.renderSync(templates, context))
        const quick = fast(liquid, templates)
        expect(quick.text(context)).toBe(said)
        const sheet = sheetOn(new ArrayBuffer(16))
        quick.put(context, sheet)
        flush(sheet)
        expect(decoded(sheet.room.toString('latin1', 0, sheet.at))).toBe(Buffer.from(said.replace(/\r?\n/g, '\r\n')).toString())
        expect(quick.text(context)).toBe(said)
      }),
      { ...property, numRuns: 400 },
    )
  }
})

test('NUR-03 fields, links and plain conditions of both parts are looked up without the interpreter', () => {
  for (const outputEscape of ['escape', undefined] as const) {
    const liquid = new Liquid({ ...(outputEscape ? { outputEscape } : {}), ownPropertyOnly: true })
    const templates = liquid.parse('<a href="{{ click }}/1">{{ lead.name }}</a>{% if trap %}{{ lead.attrs.x }}{% endif %}')
    liquid.renderSync = () => {
      throw new Error('asked the interpreter')
    }
    const said = fast(liquid, templates).text({ click: 'c', lead: { name: 'A&B', attrs: { x: 3 } }, trap: true })
    expect(said).toBe(`<a href="c/1">${outputEscape ? 'A&amp;B' : 'A&B'}</a>3`)
  }
})
