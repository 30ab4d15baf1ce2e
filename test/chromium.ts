// Where tests and benchmarks look for a browser.
export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
