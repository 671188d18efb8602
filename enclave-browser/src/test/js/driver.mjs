// What the drivers of the browsers share.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import WebSocket from 'ws';

export const LONGEST_START = 180_000;

/** What is not there yet: conditions that are asked again and again, and commands without an answer. */
export const awaited = new Set();

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again and again until it is so. */
export const until = async (what, isSo) => {
  awaited.add(what);
  try {
    while (!(await isSo()));
  } finally {
    awaited.delete(what);
  }
};

/** A protocol of numbered commands over one socket. */
export class Socket {
  #socket;
  #next = 1;
  #waiting = new Map();
  #events = new Map();

  static async open(url) {
    const own = new Socket();
    own.#socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise((resolve, reject) => own.#socket.once('open', resolve).once('error', reject));
    own.#socket.on('message', (data) => {
      const message = JSON.parse(data);
      own.#events.get(message.method)?.();
      const call = own.#waiting.get(message.id);
      own.#waiting.delete(message.id);
      awaited.delete(call?.what);
      if (message.error) call?.reject(new Error(JSON.stringify(message.error) + (message.message ?? '')));
      else call?.resolve(message.result);
    });
    own.#socket.on('close', () => {
      for (const { what, reject } of own.#waiting.values()) {
        awaited.delete(what);
        reject(new Error('the browser closed the connection'));
      }
    });
    return own;
  }

  send(method, params = {}, sessionId) {
    const id = this.#next++;
    const what = `the answer to ${method} (${id}) ${params.expression?.slice(0, 300) ?? ''}`;
    awaited.add(what);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { what, resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    });
  }

  /** Resolves at the next event of this name. */
  event(method) {
    return new Promise((resolve) => this.#events.set(method, resolve));
  }

  close() {
    this.#socket.terminate();
  }
}

/** Starts a program and waits for the line that names its socket. */
export const start = (command, args, line) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1' } });
    let said = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${command} did not start: ${said.slice(-2000)}`));
    }, LONGEST_START);
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`${command} ended: ${said.slice(-2000)}`)));
    child.stderr.on('data', (data) => {
      said += data;
      const found = line.exec(said);
      if (found) {
        clearTimeout(timer);
        resolve({ child, url: found[1] });
      }
    });
  });

export const exited = (child) => new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve()));

/** A browser that is driven over a socket. */
export class Driven {
  /** @param closing the command that ends the browser as a user does, so that everything is on disk */
  constructor(closing) {
    this.closing = closing;
  }

  async close() {
    await this.socket.send(this.closing).catch(() => {});
    await this.ended();
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.ended();
  }

  async ended() {
    await exited(this.child);
    this.socket.close();
  }
}

/** The source of a function and its arguments, as an expression that gives JSON. */
export const expression = (work, args) =>
  `(async () => { try { return JSON.stringify({ value: await (${work})(...${JSON.stringify(args)}) }) } catch (e) { return JSON.stringify({ error: String(e?.message ?? e), reason: e?.reason ?? e?.name }) } })()`;

export const answer = (json) => {
  const { value, error, reason } = JSON.parse(json);
  if (error !== undefined) throw Object.assign(new Error(error), { reason });
  return value;
};

/** Presses Sign again and again until the wallet takes it: before the user has seen the question it does not. */
export const answered = (page, press) =>
  until('the wallet to take the answer', async () => {
    await press();
    return page.run(() => document.querySelector('enclave-confirm') === null);
  });

/** In the page: whether a store of its own takes so many octets more. */
export const PUT = async (size) => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open('filler', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('pieces', { autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(undefined);
  });
  if (!database) return false;
  const octets = new Uint8Array(size);
  for (let from = 0; from < size; from += 65_536) crypto.getRandomValues(octets.subarray(from, from + 65_536));
  const taken = await new Promise((resolve) => {
    const tx = database.transaction('pieces', 'readwrite');
    tx.objectStore('pieces').add(octets);
    tx.oncomplete = () => resolve(true);
    tx.onabort = () => resolve(false);
  });
  database.close();
  return taken;
};

/** In the page: deletes that store. */
export const DROP = () =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('filler');
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error('not deleted'));
  });

/** The processes below one whose command line matches (Linux). */
const below = (pid, command) => {
  const parents = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^[0-9]+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), [Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]), readFileSync(`/proc/${name}/cmdline`, 'utf8')]);
    } catch {
      // It ended meanwhile.
    }
  }
  const isBelow = (one) => {
    const [parent] = parents.get(one) ?? [];
    return parent !== undefined && (parent === pid || isBelow(parent));
  };
  return [...parents].filter(([one, [, line]]) => isBelow(one) && command.test(line)).map(([one]) => one);
};

const end = (processes) => {
  for (const one of processes) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
};

/** Ends the processes of a browser's tabs as a crash does; resolves when they are gone. */
export const crashTabs = async (pid, command) => {
  const tabs = below(pid, command);
  if (tabs.length === 0) throw new Error(`no process below ${pid} matches ${command}`);
  end(tabs);
  await until('the end of the tabs', async () => !below(pid, command).some((tab) => tabs.includes(tab)) || pause(10));
};

// Whatever ends this process, SIGKILL apart, it leaves no browser behind.
process.on('exit', () => end(below(process.pid, /./)));
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
