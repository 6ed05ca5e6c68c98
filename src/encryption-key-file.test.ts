import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { formatEncryptionKey, newEncryptionKey, parseEncryptionKey } from './encryption-key.ts'
import {
  encryptionKeyFile,
  ensureEncryptionKeyFile,
  readEncryptionKeyFile,
  writeEncryptionKeyFile,
} from './encryption-key-file.ts'
import { AppError } from './errors.ts'

const NOBODY = 65534
const isRoot = process.getuid?.() === 0
const nobodyCanReadUs =
  isRoot && spawnSync('test', ['-r', fileURLToPath(import.meta.url)], { uid: NOBODY, gid: NOBODY }).status === 0
const MODULE = new URL('encryption-key-file.ts', import.meta.url).href
const folders: string[] = []

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'rollcall-key-'))
  folders.push(folder)
  return folder
}

/** The keys, and what was warned about. */
function ensure(file: string): { keys: readonly Buffer[]; warnings: string[] } {
  const warnings: string[] = []
  return { keys: ensureEncryptionKeyFile(file, (line) => warnings.push(line)), warnings }
}

function refusal(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const modeOf = (file: string) => statSync(file).mode & 0o777

describe('a key', () => {
  const key = newEncryptionKey()

  test.each([
    ['hex', key.toString('hex')],
    ['upper-case hex', key.toString('hex').toUpperCase()],
    ['base64', key.toString('base64')],
    ['base64 without padding', key.toString('base64').replace('=', '')],
    ['base64url', key.toString('base64url')],
    ['with a line break', `${key.toString('base64')}\n`],
  ])('may be written as %s', (_, text) => {
    expect(parseEncryptionKey(text)).toEqual(key)
  })

  test.each([
    '',
    'secret',
    '0'.repeat(63),
    'A'.repeat(42),
    'A'.repeat(45),
    `${'A'.repeat(43)}!`,
    newEncryptionKey().toString('base64').repeat(2),
  ])('%j is none', (text) => {
    expect(parseEncryptionKey(text)).toBeNull()
  })
})

describe('the key file', () => {
  test('is made on first need, with its folder, for its owner alone, and stays the same', () => {
    const folder = path.join(emptyFolder(), 'new', 'data')
    const file = encryptionKeyFile(folder)
    expect(file).toBe(path.join(folder, 'encryption.key'))
    expect(readEncryptionKeyFile(file)).toBeNull()
    const { keys, warnings } = ensure(file)
    expect(keys).toHaveLength(1)
    expect(readFileSync(file, 'utf8')).toBe(`${keys[0]?.toString('base64')}\n`)
    expect([modeOf(file), modeOf(folder)]).toEqual([0o600, 0o700])
    expect(readdirSync(folder)).toEqual(['encryption.key'])
    expect(ensure(file).keys).toEqual(keys)
    expect(readEncryptionKeyFile(file)).toEqual(keys)
    expect(warnings).toEqual([])
  })

  test('is the same for two processes that start at once', async () => {
    for (let round = 0; round < 3; round++) {
      const file = encryptionKeyFile(emptyFolder())
      const ids = await raceFor(file)
      expect(ids[0]).toMatch(/^[0-9a-f]{64}$/)
      expect(ids[1]).toBe(ids[0])
      expect(readEncryptionKeyFile(file)?.[0]?.toString('hex')).toBe(ids[0])
      expect(readdirSync(path.dirname(file))).toEqual(['encryption.key'])
    }
  })

  test('that others can read is closed to them, with a warning', () => {
    const file = encryptionKeyFile(emptyFolder())
    const { keys } = ensure(file)
    chmodSync(file, 0o644)
    const again = ensure(file)
    expect(again.keys).toEqual(keys)
    expect(modeOf(file)).toBe(0o600)
    expect(again.warnings).toHaveLength(1)
    expect(again.warnings[0]).toContain('could be read by others (mode 644)')
    expect(again.warnings[0]).not.toContain(formatEncryptionKey(keys[0] ?? Buffer.alloc(0)))
    expect(ensure(file).warnings).toEqual([])
  })

  test('may hold previous keys on further lines, and blank ones', () => {
    const file = encryptionKeyFile(emptyFolder())
    const [current, previous] = [newEncryptionKey(), newEncryptionKey()]
    writeFileSync(file, `${current.toString('base64')}\r\n\n${previous.toString('hex')}\n`, { mode: 0o600 })
    expect(ensure(file).keys).toEqual([current, previous])
  })

  test.each([
    ['', 'it is empty'],
    ['\n\n', 'it is empty'],
    [`${newEncryptionKey().toString('base64')}\nhunter2-hunter2\n`, 'line 2 is no key'],
  ])('with %j in it is refused, without showing it, and is not replaced', (text, why) => {
    const file = encryptionKeyFile(emptyFolder())
    writeFileSync(file, text, { mode: 0o600 })
    const { code, message } = refusal(() => ensure(file))
    expect(code).toBe('config_invalid')
    expect(message).toContain(`${file} cannot be used: ${why}`)
    for (const line of text.split('\n').filter((each) => each !== '')) expect(message).not.toContain(line)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('cannot be a folder, nor below a file', () => {
    const folder = emptyFolder()
    expect(refusal(() => ensure(folder))).toMatchObject({ code: 'config_invalid' })
    const below = encryptionKeyFile('/dev/null/rollcall')
    expect(refusal(() => ensure(below)).message).toContain(below)
  })

  test('is replaced whole, keeps its mode, and leaves nothing aside', () => {
    const file = encryptionKeyFile(emptyFolder())
    const { keys } = ensure(file)
    const next = newEncryptionKey()
    const leftover = path.join(path.dirname(file), '.encryption.key-1-abc')
    writeFileSync(leftover, 'from a process that was killed')
    writeEncryptionKeyFile(file, [next, ...keys])
    expect(readEncryptionKeyFile(file)).toEqual([next, ...keys])
    expect(modeOf(file)).toBe(0o600)
    expect(existsSync(leftover)).toBe(false)
    expect(readdirSync(path.dirname(file))).toEqual(['encryption.key'])
  })

  test('that is a link to another place is replaced there', () => {
    const place = path.join(emptyFolder(), 'kept-elsewhere')
    const file = encryptionKeyFile(emptyFolder())
    const { keys } = ensure(place)
    symlinkSync(place, file)
    const next = newEncryptionKey()
    expect(ensure(file).keys).toEqual(keys)
    writeEncryptionKeyFile(file, [next])
    expect(readEncryptionKeyFile(place)).toEqual([next])
  })
})

describe.runIf(isRoot)('run as root', () => {
  test("in somebody else's folder, the file is root's own; a file that is theirs stays theirs", () => {
    const folder = emptyFolder()
    chownSync(folder, NOBODY, NOBODY)
    const file = encryptionKeyFile(folder)
    const { keys } = ensure(file)
    expect(statSync(file).uid).toBe(0)
    chownSync(file, NOBODY, NOBODY)
    writeEncryptionKeyFile(file, [newEncryptionKey(), ...keys])
    expect(statSync(file)).toMatchObject({ uid: NOBODY, gid: NOBODY })
  })

  test.runIf(nobodyCanReadUs)('another user is told whose the file is', () => {
    const folder = emptyFolder()
    const file = encryptionKeyFile(folder)
    ensure(file)
    chownSync(folder, NOBODY, NOBODY)
    const program = `
      import { ensureEncryptionKeyFile } from ${JSON.stringify(MODULE)}
      try {
        ensureEncryptionKeyFile(process.argv[1], () => {})
      } catch (error) {
        console.log(error.message)
      }
    `
    const { stdout } = spawnSync(process.execPath, nodeArguments(program, file), { uid: NOBODY, gid: NOBODY, cwd: '/' })
    expect(String(stdout)).toBe(
      `Rollcall can neither read nor make the encryption key file ${file}: it belongs to user 0, and Rollcall runs as user ${NOBODY}.\n`,
    )
  })
})

const nodeArguments = (program: string, file: string) => [
  '--import',
  import.meta.resolve('tsx'),
  '--input-type=module',
  '-e',
  program,
  file,
]

/** Two processes of their own that wait for each other and then ask for the key; resolves to what each got. */
async function raceFor(file: string): Promise<string[]> {
  const program = `
    import { ensureEncryptionKeyFile } from ${JSON.stringify(MODULE)}
    console.log('ready')
    process.stdin.once('data', () => {
      console.log(ensureEncryptionKeyFile(process.argv[1], () => {})[0].toString('hex'))
      process.stdin.destroy()
    })
  `
  const children = [1, 2].map(() =>
    spawn(process.execPath, nodeArguments(program, file), { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const ready = children.map((child) => new Promise((resolve) => child.stdout.once('data', resolve)))
  await Promise.all(ready)
  const answers = children.map((child) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += String(chunk)
    })
    return new Promise<string>((resolve) => child.once('close', () => resolve(text.trim())))
  })
  for (const child of children) child.stdin.write('go\n')
  return Promise.all(answers)
}
