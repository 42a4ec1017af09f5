import { SimpleGrid } from '@mantine/core'
import { Section } from '../parts/FormDrawer.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useLanguage } from '../words/words.tsx'
import { FieldInput } from './FieldInput.tsx'
import { type Field, sectionsOf, useFields } from './fieldShow.ts'
import type { LeadForm } from './leadForm.ts'

const WIDE = new Set(['companyName', 'mail', 'phone', 'address', 'building', 'website', 'contactMail', 'tags', 'products'])
const isWide = (field: Field): boolean => WIDE.has(field.key) || field.type === 'longText' || field.type === 'multi' || field.type === 'url'
export const isTyped = (field: Field): boolean => field.class !== 'behaviour' || field.byHand

/** The inputs that adding and editing a lead share, in the sections and order that the company chose for the screen. */
export function LeadInputs({ form, screen = 'add' }: { form: LeadForm; screen?: 'add' | 'lead' }) {
  const { language } = useLanguage()
  const { items, layout } = useFields()
  if (!layout || !items.length) return <Skeletons rows={8} height={44} />
  return (
    <>
      {sectionsOf(layout, items, screen).map((section, index) => {
        const shown = section.fields.filter(isTyped)
        if (!shown.length) return null
        const inputs = rowsOf(shown, isWide).map((row) => (
          <SimpleGrid key={row.map((one) => one.key).join()} cols={row.length} spacing="sm">
            {row.map((field) => (
              <FieldInput key={field.key} field={field} form={form} focus={index === 0 && field === shown[0]} />
            ))}
          </SimpleGrid>
        ))
        return index === 0 ? (
          <div key={section.id} className="stack">
            {inputs}
          </div>
        ) : (
          <Section key={section.id} title={section[language]}>
            {inputs}
          </Section>
        )
      })}
    </>
  )
}

/** Narrow inputs stand in twos, wide ones alone. */
export function rowsOf(fields: readonly Field[], isWide: (field: Field) => boolean): Field[][] {
  const rows: Field[][] = []
  for (const field of fields) {
    const last = rows.at(-1)
    const open = last?.length === 1 && last[0] && !isWide(last[0])
    if (!isWide(field) && open) last.push(field)
    else rows.push([field])
  }
  return rows
}
