// Drives Firefox ESR by WebDriver BiDi.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { DROP, Driven, PUT, Socket, answer, answered, crashTabs, expression, pause, start, until } from './driver.mjs';

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
  // A new tab has a new process, and not one that crashed before it was used.
  'dom.ipc.processPrelaunch.enabled': false,
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

export class Firefox extends Driven {
  static restarts = true;

  static async start(profile) {
    mkdirSync(profile, { recursive: true });
    // Asked for persistence, Firefox waits for its user, whom the wallet gives three seconds; from a restart on the user says no at once.
    const preferences = { ...PREFERENCES, 'dom.storageManager.prompt.testing': existsSync(`${profile}/user.js`), 'dom.storageManager.prompt.testing.allow': false };
    writeFileSync(`${profile}/user.js`, Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
    const own = new Firefox('browser.close');
    const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'];
    const { child, url } = await start('firefox-esr', args, /WebDriver BiDi listening on (ws:\S+)/);
    own.child = child;
    own.socket = await Socket.open(`${url}/session`);
    await own.socket.send('session.new', { capabilities: {} });
    await own.use((await own.socket.send('browsingContext.getTree')).contexts[0].context);
    return own;
  }

  async tab() {
    const { context } = await this.socket.send('browsingContext.create', { type: 'tab' });
    await this.use(context);
    return context;
  }

  async use(context) {
    this.context = context;
    await this.socket.send('browsingContext.activate', { context });
  }

  async crash() {
    const crashed = this.context;
    for (const context of await this.contexts()) {
      if (context !== crashed) await this.closeTab(context);
    }
    await crashTabs(this.child.pid, /-contentproc.*tab\0$/);
    // Firefox puts a page of its own in the place of a crashed one. Before that, it would make a new tab in the dead process.
    await until('Firefox’s page in the place of the crashed one', async () => (await this.showsACrash()) || pause(20));
    await this.tab();
    await this.closeTab(crashed);
  }

  async showsACrash() {
    const said = this.run(() => {}).then(
      () => '',
      (e) => e.message,
    );
    return (await Promise.race([said, pause(1000).then(() => '')])).includes('parent process');
  }

  async contexts() {
    return (await this.socket.send('browsingContext.getTree', { maxDepth: 0 })).contexts.map(({ context }) => context);
  }

  async closeTab(context) {
    await this.socket.send('browsingContext.close', { context });
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
    const press = () => this.point(0, 0, 'down', 'up', origin);
    await (choice === 'Sign' ? answered(this, press) : press());
  }

  /** Moves the pointer there and presses, releases, or both. */
  async point(x, y, ...types) {
    const origin = typeof types.at(-1) === 'object' ? types.pop() : 'viewport';
    const actions = types.map((type) => ({ type: { down: 'pointerDown', up: 'pointerUp' }[type], button: 0 }));
    await this.perform({ type: 'pointer', id: 'mouse', actions: [{ type: 'pointerMove', x, y, origin }, ...actions] });
  }

  /** The inner size of the window. */
  async size(width, height) {
    await this.socket.send('browsingContext.setViewport', { context: this.context, viewport: { width, height } });
  }

  /** What is drawn there. */
  async drawn(x, y, width, height) {
    return (await this.socket.send('browsingContext.captureScreenshot', { context: this.context, clip: { type: 'box', x, y, width, height } })).data;
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
}
