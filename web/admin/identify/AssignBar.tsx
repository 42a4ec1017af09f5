import { Menu } from '@mantine/core'
import { again, api, client } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { useColleagues } from './useColleagues.ts'

/** A choice among colleagues, or nobody. */
export function OwnerMenu({ onChoose, children }: { onChoose: (ownerId: string | null) => void; children: React.ReactNode }) {
  const t = useWords('identify')
  const { active } = useColleagues()
  return (
    <Menu position="bottom-start">
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown className="filter-options">
        {active.map((one) => (
          <Menu.Item key={one.id} onClick={() => onChoose(one.id)}>
            {one.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => onChoose(null)}>{t('noOwner')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Gives leads an owner; the toast takes it back. */
export function useAssign() {
  const t = useWords('identify')
  const toast = useToasts()
  return async (ids: readonly string[], ownerId: string | null): Promise<void> => {
    try {
      const chunks = Array.from({ length: Math.ceil(ids.length / 500) }, (_, i) => ids.slice(i * 500, i * 500 + 500))
      const results = await Promise.all(chunks.map((chunk) => client.leads.assign({ ids: chunk, ownerId })))
      const before = results.flatMap((one) => one.before)
      await again(api.leads.key())
      toast.undo(t('assigned', { n: before.length }), async () => {
        const byOwner = Map.groupBy(before, (one) => one.ownerId)
        for (const [owner, rows] of byOwner) await client.leads.assign({ ids: rows.map((row) => row.id), ownerId: owner })
        await again(api.leads.key())
      })
    } catch (error) {
      toast.failed(error)
    }
  }
}
