import { expect, it } from 'vitest'
import { openProvisioned } from '../api/provisioned.ts'

it('B061, and our own API tells the size of a page from how many there are', async () => {
  const api = await openProvisioned()
  try {
    await api.org.sync()
    const { id } = await api.org.connection()
    await api.org.db.query(
      "update organizations set environment_id = (select id from environments where name = 'ours')",
    )
    const answer = await fetch(`${api.base}/v1/idp/users?limit=1`, {
      headers: { 'x-api-key': api.key, 'x-connection-id': id },
    })
    expect(await answer.json()).toMatchObject({ count: 1, items: [{}], total: api.org.sim.org.expected().users })
  } finally {
    await api.close()
  }
})
