import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { Sender } from '../../src/webhooks/sender.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const forged = `whsec_${Buffer.alloc(32, 2).toString('base64')}`

it('the receiver of the documentation takes what is ours, once, and nothing else', async () => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(`${root}docs/webhooks.md`, 'utf8')) ?? []
  const listening = ".listen(0, '127.0.0.1', function () { console.log(this.address().port) })"
  const script = code.replace(".listen(8080, '127.0.0.1')", listening)
  const env = { ...process.env, ROLLCALL_WEBHOOK_SECRET: secret }
  const receiver = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: root, env })
  let printed = ''
  receiver.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  try {
    await once(receiver.stdout, 'data')
    const origin = `http://127.0.0.1:${printed.trim()}`
    const sender = new Sender({ clock: systemClock, userAgent: 'rollcall/test', allowedInsecureOrigins: [origin] })
    const body = JSON.stringify({ type: 'idp.user.created', timestamp: '…', data: { record_id: 'a record' } })
    const send = (secrets: string[]) =>
      sender.send({ url: origin, id: 'msg_1', body, secrets, signal: new AbortController().signal })
    expect(await send([forged])).toMatchObject({ failure: 'status', status: 401 })
    expect(await send([forged, secret])).toMatchObject({ failure: null, status: 204 })
    expect(await send([secret])).toMatchObject({ failure: null, status: 204 })
    await sender.close()
    expect(printed.trim().split('\n').slice(1)).toEqual(['idp.user.created a record'])
  } finally {
    receiver.kill()
    await once(receiver, 'close')
  }
})
