// Starts Debian's Chromium (DevTools protocol) and Firefox ESR (WebDriver BiDi) and drives one page of each.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import WebSocket from 'ws';

const LONGEST_START = 180_000;
const LONGEST_CHECK = 240_000;

/** Runs checks, each within a deadline, and prints a line for each; after a deadline none is run any more. */
export class Checks {
  failed = 0;
  #late = false;

  async check(name, work) {
    let timer;
    try {
      if (this.#late) throw new Error('not run: a check before it did not end');
      const deadline = new Promise((_, reject) => {
        timer = setTimeout(() => {
          this.#late = true;
          reject(new Error(`did not end in ${LONGEST_CHECK / 1000} s`));
        }, LONGEST_CHECK);
      });
      await Promise.race([work(), deadline]);
      console.log(`ok ${name}`);
    } catch (e) {
      this.failed++;
      console.log(`not ok ${name}: ${String(e.stack ?? e).replaceAll('\n', ' | ')}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A protocol of numbered commands over one socket. */
class Socket {
  #socket;
  #next = 1;
  #waiting = new Map();

  static async open(url) {
    const own = new Socket();
    own.#socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise((resolve, reject) => own.#socket.once('open', resolve).once('error', reject));
    own.#socket.on('message', (data) => {
      const message = JSON.parse(data);
      const call = own.#waiting.get(message.id);
      own.#waiting.delete(message.id);
      if (message.error) call?.reject(new Error(JSON.stringify(message.error) + (message.message ?? '')));
      else call?.resolve(message.result);
    });
    own.#socket.on('close', () => own.#waiting.forEach(({ reject }) => reject(new Error('the browser closed the connection'))));
    return own;
  }

  send(method, params = {}, sessionId) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    });
  }

  close() {
    this.#socket.terminate();
  }
}

/** Starts a program and waits for the line that names its socket. */
const start = (command, args, line) =>
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

const exited = (child) => new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve()));

/** The source of a function and its arguments, as an expression that gives JSON. */
const expression = (work, args) =>
  `(async () => { try { return JSON.stringify({ value: await (${work})(...${JSON.stringify(args)}) }) } catch (e) { return JSON.stringify({ error: String(e?.message ?? e), reason: e?.reason ?? e?.name }) } })()`;

const answer = (json) => {
  const { value, error, reason } = JSON.parse(json);
  if (error !== undefined) throw Object.assign(new Error(error), { reason });
  return value;
};

/** In the page: whether a store of its own takes so many octets more. */
const PUT = async (size) => {
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
const DROP = () =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('filler');
    request.onsuccess = () => resolve();
    request.onerror = request.onblocked = () => reject(new Error('not deleted'));
  });

class Chromium {
  name = 'Chromium';

  static async start(profile) {
    mkdirSync(profile, { recursive: true });
    const own = new Chromium();
    const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--no-default-browser-check', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
    const { child, url } = await start('chromium', args, /DevTools listening on (ws:\S+)/);
    own.child = child;
    own.socket = await Socket.open(url);
    await own.tab();
    return own;
  }

  /** Goes on in a new tab. */
  async tab() {
    const { targetId } = await this.socket.send('Target.createTarget', { url: 'about:blank' });
    this.target = (await this.socket.send('Target.attachToTarget', { targetId, flatten: true })).sessionId;
    await this.send('Page.enable');
    return this.target;
  }

  send(method, params) {
    return this.socket.send(method, params, this.target);
  }

  async go(url) {
    const { errorText } = await this.send('Page.navigate', { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    for (;;) {
      const { result } = await this.send('Runtime.evaluate', { expression: `location.href === ${JSON.stringify(url)} && document.readyState === 'complete'` }).catch(() => ({ result: {} }));
      if (result.value) return;
    }
  }

  async run(work, ...args) {
    const { result } = await this.send('Runtime.evaluate', { expression: expression(work, args), awaitPromise: true, returnByValue: true });
    return answer(result.value);
  }

  /** Answers the wallet's dialog by keyboard: Cancel has the focus, Sign is next. */
  async answer(choice) {
    for (const key of { Sign: ['Tab', 'Enter'], Cancel: ['Enter'], Escape: ['Escape'] }[choice]) {
      const code = { Tab: 9, Enter: 13, Escape: 27 }[key];
      const event = { key, code: key, windowsVirtualKeyCode: code, ...(key === 'Enter' && { text: '\r' }) };
      await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    }
  }

  /** Leaves the page's origin no room; a store goes by the room it had before for up to half a minute. */
  async fill(origin) {
    await this.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    while (await this.run(PUT, 1));
  }

  /** Takes back what fill did. */
  async makeRoom(origin) {
    await this.send('Storage.overrideQuotaForOrigin', { origin });
    while (!(await this.run(PUT, 1)));
    await this.run(DROP);
  }

  /** Closes the stores of an origin, whatever is being written, and deletes them. */
  async clear(origin) {
    await this.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  }

  async picture(path, width, height, dark, whole = true) {
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
    const { data } = await this.send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: whole });
    writeFileSync(path, Buffer.from(data, 'base64'));
  }

  /** Ends it as a user does, so that everything is on disk. */
  async close() {
    await this.socket.send('Browser.close').catch(() => {});
    await exited(this.child);
    this.socket.close();
  }

  async kill() {
    this.child.kill('SIGKILL');
    await exited(this.child);
    this.socket.close();
  }
}

const PREFERENCES = {
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.auto': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
  'dom.security.trusted_types.enabled': true,
  // KiB for all sites; of them a site has 10 MiB.
  'dom.quotaManager.temporaryStorage.fixedLimit': 51_200,
};

/** The button with this text in a serialized tree. */
const button = (node, text) => {
  const { localName, children = [], shadowRoot } = node.value ?? {};
  if (localName === 'button' && children.some((child) => child.value?.nodeValue === text)) return node;
  for (const child of [...children, ...(shadowRoot ? [shadowRoot] : [])]) {
    const found = button(child, text);
    if (found) return found;
  }
  return undefined;
};

class Firefox {
  name = 'Firefox';

  static async start(profile) {
    mkdirSync(profile, { recursive: true });
    writeFileSync(`${profile}/user.js`, Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
    const own = new Firefox();
    const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'];
    const { child, url } = await start('firefox-esr', args, /WebDriver BiDi listening on (ws:\S+)/);
    own.child = child;
    own.socket = await Socket.open(`${url}/session`);
    await own.socket.send('session.new', { capabilities: {} });
    own.context = (await own.socket.send('browsingContext.getTree')).contexts[0].context;
    await own.socket.send('browsingContext.activate', { context: own.context });
    return own;
  }

  async tab() {
    this.context = (await this.socket.send('browsingContext.create', { type: 'tab' })).context;
    await this.socket.send('browsingContext.activate', { context: this.context });
  }

  async go(url) {
    await this.socket.send('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
  }

  async run(work, ...args) {
    const { result, exceptionDetails } = await this.socket.send('script.evaluate', { expression: expression(work, args), target: { context: this.context }, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return answer(result.value);
  }

  /** Answers the wallet's dialog by pointer: a headless window of Firefox has no focus, so that keys press no button. */
  async answer(choice) {
    if (choice === 'Escape') {
      await this.perform({ type: 'key', id: 'keyboard', actions: [{ type: 'keyDown', value: '\uE00C' }, { type: 'keyUp', value: '\uE00C' }] });
      return;
    }
    const { nodes } = await this.socket.send('browsingContext.locateNodes', {
      context: this.context,
      locator: { type: 'css', value: 'enclave-confirm' },
      serializationOptions: { includeShadowTree: 'all', maxDomDepth: 6 },
    });
    const origin = { type: 'element', element: { sharedId: button(nodes[0], choice).sharedId } };
    await this.perform({
      type: 'pointer',
      id: 'mouse',
      actions: [{ type: 'pointerMove', x: 0, y: 0, origin }, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }],
    });
  }

  /** Leaves the page's origin no room: a store of its own takes it, in ever smaller pieces. */
  async fill() {
    for (let size = 1 << 20; size >= 1 << 10; size >>= 2) {
      while (await this.run(PUT, size));
    }
  }

  /** Takes back what fill did. */
  makeRoom() {
    return this.run(DROP);
  }

  perform(action) {
    return this.socket.send('input.performActions', { context: this.context, actions: [action] });
  }

  async close() {
    await this.socket.send('browser.close').catch(() => {});
    await exited(this.child);
    this.socket.close();
  }

  async kill() {
    this.child.kill('SIGKILL');
    await exited(this.child);
    this.socket.close();
  }
}

export const BROWSERS = [Chromium, Firefox];
