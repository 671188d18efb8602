// Drives WebKitGTK's MiniBrowser by WebDriver, in a display of its own. A browser that is driven so keeps nothing on disk,
// and its driver gives up when a tab crashes.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { LONGEST_START, answer, answered, exited, expression, start } from './driver.mjs';

const KEYS = { Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C', End: '\uE010' };
const LONGEST_SCRIPT = 240_000;

/** In pixels. MiniBrowser's own controls need 447. */
const NARROWEST = 480;

/** Longer than any command takes, and shorter than a check may. */
const LONGEST_ANSWER = 200_000;

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

export class WebKit {
  static restarts = false;

  static async start(profile) {
    mkdirSync(profile, { recursive: true });
    const own = new WebKit();
    try {
      const screen = await start('Xvfb', ['-displayfd', '2', '-screen', '0', '1280x1000x24', '-nolisten', 'tcp'], /^([0-9]+)$/m);
      own.screen = screen.child;
      const folders = Object.fromEntries(['HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME'].map((name) => [name, profile]));
      const env = { ...process.env, ...folders, DISPLAY: `:${screen.url}`, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' };
      await own.serve(env);
      const { sessionId } = await own.call('POST', '/session', { capabilities: {} });
      own.session = `/session/${sessionId}`;
      await own.send('timeouts', { script: LONGEST_SCRIPT });
    } catch (e) {
      await own.kill();
      throw e;
    }
    return own;
  }

  /** Starts the driver; another process may take the port before it. */
  async serve(env) {
    const deadline = Date.now() + LONGEST_START;
    while (Date.now() < deadline) {
      const port = await freePort();
      this.child = spawn('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], { stdio: 'ignore', env });
      this.server = `http://127.0.0.1:${port}`;
      const isAlive = () => this.child.exitCode === null && this.child.signalCode === null;
      while (isAlive() && Date.now() < deadline) {
        if ((await this.call('GET', '/status').catch(() => undefined))?.ready && isAlive()) return;
      }
    }
    throw new Error('WebKitWebDriver did not start');
  }

  async call(method, path, body) {
    const signal = AbortSignal.timeout(LONGEST_ANSWER);
    const options = { method, signal, headers: { 'Content-Type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) };
    const { value } = await fetch(this.server + path, options).then(
      (response) => response.json(),
      (e) => {
        this.hangs = e.name === 'TimeoutError';
        throw Object.assign(new Error(`${method} ${path}: ${e.name}: ${e.message}: ${e.cause}`), { hangs: this.hangs });
      },
    );
    if (value?.error) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  }

  send(command, body) {
    return this.call('POST', `${this.session}/${command}`, body);
  }

  async tab() {
    const { handle } = await this.send('window/new', { type: 'window' });
    await this.use(handle);
    return handle;
  }

  use(handle) {
    return this.send('window', { handle });
  }

  go(url) {
    return this.send('url', { url });
  }

  async run(work, ...args) {
    return answer(await this.send('execute/async', { script: `${expression(work, args)}.then(arguments[0])`, args: [] }));
  }

  /** Answers the wallet's dialog by keyboard: its text has the focus, Cancel and Sign are next. */
  async answer(choice) {
    await this.press(...{ Sign: ['Tab', 'Tab'], Cancel: ['Tab', 'Enter'], Escape: ['Escape'] }[choice]);
    if (choice === 'Sign') await answered(this, () => this.press('Enter'));
  }

  /** Presses keys, one after the other. */
  async press(...keys) {
    const actions = keys.flatMap((key) => ['keyDown', 'keyUp'].map((type) => ({ type, value: KEYS[key] })));
    await this.send('actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** Moves the pointer there and presses, releases, or both. */
  async point(x, y, ...types) {
    const actions = types.map((type) => ({ type: { down: 'pointerDown', up: 'pointerUp' }[type], button: 0 }));
    await this.send('actions', { actions: [{ type: 'pointer', id: 'mouse', actions: [{ type: 'pointerMove', x, y, origin: 'viewport' }, ...actions] }] });
  }

  /** The inner size of the window, which is never narrower than NARROWEST; the driver may answer before the page has its size. */
  async size(width, height) {
    const size = [Math.max(width, NARROWEST), height];
    const frame = await this.run(() => outerHeight - innerHeight);
    await this.send('window/rect', { width: size[0], height: height + frame });
    const sized = async (...size) => {
      while (innerWidth !== size[0] || innerHeight !== size[1]) await new Promise(requestAnimationFrame);
    };
    await this.run(sized, ...size);
  }

  async kill() {
    if (this.session && !this.hangs) await this.call('DELETE', this.session).catch(() => {});
    for (const child of [this.child, this.screen].filter((child) => child)) {
      child.kill('SIGKILL');
      await exited(child);
    }
  }
}
