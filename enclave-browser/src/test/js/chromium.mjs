// Drives Debian's Chromium by the DevTools protocol.
import { mkdirSync, writeFileSync } from 'node:fs';
import { DROP, Driven, PUT, Socket, answer, answered, expression, start } from './driver.mjs';

export class Chromium extends Driven {
  /** Whether a profile outlives the browser, so that it can be restarted. */
  static restarts = true;

  static async start(profile) {
    mkdirSync(profile, { recursive: true });
    const own = new Chromium('Browser.close');
    const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--no-default-browser-check', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
    const { child, url } = await start('chromium', args, /DevTools listening on (ws:\S+)/);
    own.child = child;
    own.socket = await Socket.open(url);
    await own.tab();
    return own;
  }

  /** Goes on in a new tab; returns it. */
  async tab() {
    const { targetId } = await this.socket.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.socket.send('Target.attachToTarget', { targetId, flatten: true });
    this.current = { targetId, sessionId };
    await this.send('Page.enable');
    return this.current;
  }

  /** Goes on in a tab that is open. */
  async use(tab) {
    this.current = tab;
    await this.socket.send('Target.activateTarget', { targetId: tab.targetId });
  }

  /** The tab's process ends; goes on in a new one. */
  async crash() {
    const { targetId } = this.current;
    await this.send('Inspector.enable');
    const crashed = this.socket.event('Inspector.targetCrashed');
    this.send('Page.crash').catch(() => {});
    await crashed;
    await this.socket.send('Target.closeTarget', { targetId });
    await this.tab();
  }

  /** From now on the tab's user has a device with passkeys, and confirms always; returns what asks for its number, or clears them. */
  async passkeys() {
    await this.send('WebAuthn.enable');
    const { authenticatorId } = await this.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: true },
    });
    return {
      number: async () => (await this.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
      clear: () => this.send('WebAuthn.clearCredentials', { authenticatorId }),
    };
  }

  send(method, params) {
    return this.socket.send(method, params, this.current.sessionId);
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

  /** Answers the wallet's dialog by keyboard: its text has the focus, Cancel and Sign are next. */
  async answer(choice) {
    await this.press(...{ Sign: ['Tab', 'Tab'], Cancel: ['Tab', 'Enter'], Escape: ['Escape'] }[choice]);
    if (choice === 'Sign') await answered(this, () => this.press('Enter'));
  }

  /** Presses keys, one after the other. */
  async press(...keys) {
    for (const key of keys) {
      const code = { Tab: 9, Enter: 13, Escape: 27, End: 35 }[key];
      const event = { key, code: key, windowsVirtualKeyCode: code, ...(key === 'Enter' && { text: '\r' }) };
      await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    }
  }

  /** Moves the pointer there and presses, releases, or both. */
  async point(x, y, ...types) {
    for (const type of types) {
      await this.send('Input.dispatchMouseEvent', { type: { down: 'mousePressed', up: 'mouseReleased' }[type], x, y, button: 'left', clickCount: 1 });
    }
  }

  /** The inner size of the window. */
  async size(width, height) {
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** What is drawn there. */
  async drawn(x, y, width, height) {
    return (await this.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true, clip: { x, y, width, height, scale: 1 } })).data;
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
}
