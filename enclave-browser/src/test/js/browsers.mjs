import { Chromium } from './chromium.mjs';
import { Firefox } from './firefox.mjs';
import { WebKit } from './webkit.mjs';

export const BROWSERS = [Chromium, Firefox, WebKit];
