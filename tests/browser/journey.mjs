// One journey through the pages in a real browser, with and without script:
// search, form, bill, confirm, progress, receipt. Also takes screenshots in two
// modes and three widths when a folder is named.
//
// node journey.mjs URL CITY_URL SERVICE [SCREENSHOT_FOLDER]
import { chromium } from "playwright-core";

const [url, city, service, pictures] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.GUICHET_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});

function assert(condition, message) {
  if (!condition) throw new Error(message);
}

async function sample() {
  const answer = await fetch(`${city}/_sample?service=${service}`);
  return (await answer.json()).inputs;
}

async function shoot(page, name) {
  if (!pictures) return;
  for (const scheme of ["light", "dark"]) {
    for (const width of [360, 768, 1280]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${pictures}/${name}-${scheme}-${width}.png`, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
}

async function journey({ script }) {
  const context = await browser.newContext({ javaScriptEnabled: script, locale: "zh-CN" });
  const page = await context.newPage();
  const foreign = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) foreign.push(request.url());
  });

  await page.goto(`${url}/`);
  if (script) await shoot(page, "1-home");
  await page.fill("input[name=q]", "杭州 水费");
  await page.press("input[name=q]", "Enter");
  await page.waitForSelector(".results a");
  if (script) await shoot(page, "2-results");

  await page.goto(`${url}/services/${service}`);
  if (script) await shoot(page, "3-service");
  await page.click("text=登录");
  await page.click("form[action='/sign-in'] button");
  await page.waitForURL(`**/services/${service}`);

  await page.click("main form button");
  await page.waitForSelector(".problem, [role=alert]");
  if (script) await shoot(page, "4-mend");

  for (const [name, value] of Object.entries(await sample())) {
    await page.fill(`[name=${name}]`, String(value));
  }
  await page.click("main form button");
  await page.waitForSelector(".bills", { timeout: 20_000 });
  if (script) await shoot(page, "5-bill");
  await page.click("main form button");
  await page.waitForSelector(".total");
  if (script) await shoot(page, "6-confirm");
  await page.click("form[action='/payments'] button");
  await page.waitForURL("**/payments/pay_*");
  if (script) await shoot(page, "7-progress");
  await page.waitForSelector("a[href$='/receipt']", { timeout: 20_000 });
  await page.click("a[href$='/receipt']");
  await page.waitForSelector(".receipt");
  if (script) await shoot(page, "8-receipt");
  const receipt = await page.textContent(".receipt");
  const payment = receipt.match(/pay_[0-9a-z]{26}/)?.[0];
  assert(payment, `no payment number on the receipt: ${receipt}`);

  const log = await (await fetch(`${city}/_log?service=${service}`)).json();
  const effects = log.effects.filter((effect) => effect.reference === payment);
  assert(effects.length === 1, `effects of ${payment}: ${JSON.stringify(effects)}`);

  if (script) {
    await page.click("button[name=elder]");
    await page.waitForSelector("html[data-mode=elder]");
    await page.click("button[name=language]");
    await page.waitForSelector("html[lang=en]");
    await page.goto(`${url}/`);
    await shoot(page, "9-elder-english");
  }
  assert(foreign.length === 0, `third-party requests: ${foreign.join(" ")}`);
  await context.close();
}

try {
  await journey({ script: true });
  await journey({ script: false });
  console.log("ok");
} finally {
  await browser.close();
}
