import { type RawBuilder, sql } from 'kysely'

/**
 * Whether an event of the journal says that a person did something: opens and clicks of scanners, privacy proxies and whatever is in doubt
 * stand there too, and a hit judged anew as one of these says nothing of a person either.
 * @param event the alias of the journal
 */
export function byPeople(event: string): RawBuilder<boolean> {
  const j = sql.id(event)
  return sql<boolean>`(${j}.props ->> 'agent' IS DISTINCT FROM 'machine' AND (${j}.name <> 'mail.rejudged' OR ${j}.props ->> 'to' = 'human'))`
}
