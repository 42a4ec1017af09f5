import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../api.ts'
import { later } from '../parts/later.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

// What opens on demand is loaded on demand.
const ActivityDrawer = later(() => import('./ActivityDrawer.tsx').then((m) => m.ActivityDrawer))

/** Records one visit, meeting or call with several people of a company at once. */
export function RecordMany({ companyId }: { companyId: string }) {
  const t = useWords('person')
  const { may } = useSession()
  const [open, setOpen] = useState(false)
  const people = useQuery({ ...api.companies.people.queryOptions({ input: { id: companyId, limit: 200 } }), enabled: open })
  if (!may('leads.write')) return null
  return (
    <>
      <Button leftSection={<Plus size={15} />} onClick={() => setOpen(true)}>
        {t('record')}
      </Button>
      {open && people.data && (
        <ActivityDrawer
          leadIds={people.data.items.length === 1 ? people.data.items.map((one) => one.id) : []}
          kind="visit"
          people={people.data.items}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}
