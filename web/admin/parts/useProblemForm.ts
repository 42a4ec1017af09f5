import { useForm } from '@mantine/form'
import { useState } from 'react'
import { problemOf } from '../problem.ts'

/**
 * A Mantine form whose fields show what the server refused, beside the field.
 *
 *   const form = useProblemForm({ initialValues: { name: '', amount: 0 } })
 *   <form onSubmit={form.send((values) => client.deals.create(values), (made) => …)}>
 *     <TextInput {...form.getInputProps('name')} />
 *     <ErrorNote error={form.failed} />          // whatever has no field of its own
 *     <Button type="submit" loading={form.busy}>
 */
export function useProblemForm<V extends Record<string, unknown>>(
  input: Parameters<typeof useForm<V>>[0],
): ReturnType<typeof useForm<V>> & {
  send: <T>(save: (values: V) => Promise<T>, then?: (result: T) => void) => (event?: React.FormEvent<HTMLFormElement>) => void
  busy: boolean
  failed: unknown
} {
  const form = useForm<V>(input)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const refuse = (error: unknown) => {
    const fields = problemOf(error)?.errors ?? []
    const known = fields.filter((e) => (e.field.split('.')[0] ?? '') in form.getValues())
    form.setErrors(Object.fromEntries(known.map((e) => [e.field, e.reason])))
    if (known.length === 0 || known.length < fields.length) setFailed(error)
  }
  const send = <T>(save: (values: V) => Promise<T>, then?: (result: T) => void) =>
    form.onSubmit((values) => {
      setBusy(true)
      setFailed(null)
      save(values)
        .then((result) => then?.(result), refuse)
        .finally(() => setBusy(false))
    })
  return Object.assign({}, form, { send, busy, failed })
}
