// Journeys through the pages in a real browser: with script by mouse, without
// script, and by keyboard alone; and what a citizen sees of a payment whose
// biller is silent. Every page is checked against WCAG 2.2 AA on the way, in
// light and dark; screenshots are taken when a folder is named.
//
// node journey.mjs URL CITY_URL SERVICE [SCREENSHOT_FOLDER]
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [url, city, service, pictures] = process.argv.slice(2);
// The token of somebody who may set payers' policies.
const officer = process.env.GUICHET_OFFICER;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
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

/** No page may break a rule that matters, nor be wider than a small screen. */
async function inspect(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 800 });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert(beyond <= 0, `${name} is ${beyond} px wider than the screen`);
    await page.evaluate(axe);
    const found = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), rules);
    const serious = found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    const said = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
    assert(said.length === 0, `${name} in ${colorScheme} mode: ${said.join("\n")}`);
    if (pictures) await shoot(page, name, colorScheme);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

async function shoot(page, name, scheme) {
  for (const width of [360, 768, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${pictures}/${name}-${scheme}-${width}.png`, fullPage: true });
  }
}

/** A browser of one citizen; `close` fails where a page asked third parties. */
async function citizen(options) {
  // The pages' policy forbids foreign scripts, and so the checker's as well.
  const context = await browser.newContext({ locale: "zh-CN", bypassCSP: true, ...options });
  const page = await context.newPage();
  const foreign = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) foreign.push(request.url());
  });
  const close = async () => {
    await context.close();
    assert(foreign.length === 0, `third-party requests: ${foreign.join(" ")}`);
  };
  return { page, close };
}

async function signIn(page) {
  await page.goto(`${url}/services/${service}`);
  await page.click("text=登录");
  await page.click("form[action='/sign-in'] button");
  await page.waitForSelector("nav a[href='/payments']");
}

async function toConfirm(page, look) {
  for (const [name, value] of Object.entries(await sample())) {
    await page.fill(`[name=${name}]`, String(value));
  }
  await page.locator("[name='service:region']").first().check();
  await page.click("main form button");
  await page.waitForSelector(".bills", { timeout: 20_000 });
  await look("5-bill");
  await page.click("main form button");
  await page.waitForSelector(".total");
  await look("6-confirm");
}

/** The payment of the receipt had exactly one effect at the biller. */
async function receipt(page) {
  await page.waitForSelector(".receipt");
  const text = await page.textContent(".receipt");
  const payment = text.match(/pay_[0-9a-z]{26}/)?.[0];
  assert(payment, `no payment number on the receipt: ${text}`);
  const log = await (await fetch(`${city}/_log?service=${service}`)).json();
  const effects = log.effects.filter((effect) => effect.reference === payment);
  assert(effects.length === 1, `effects of ${payment}: ${JSON.stringify(effects)}`);
}

async function journey({ script }) {
  const { page, close } = await citizen({ javaScriptEnabled: script });
  // The checker is a script itself.
  const look = async (name) => script && inspect(page, name);

  await page.goto(`${url}/`);
  await look("1-home");
  await page.fill("input[name=q]", "西湖 水费");
  await page.press("input[name=q]", "Enter");
  await page.waitForSelector(".results a");
  await look("2-results");
  await page.click(".results a");
  const region = await page.locator("[name='service:region']:checked").inputValue();
  assert(region === "330106", `the region searched for is not chosen at first: ${region}`);

  await page.goto(`${url}/services/${service}`);
  await look("3-service");
  await signIn(page);
  await page.click("main form button");
  await page.waitForSelector(".problem, [role=alert]");
  await look("4-mend");
  await toConfirm(page, look);
  await page.click("form[action='/payments'] button");
  await page.waitForURL("**/payments/pay_*");
  await page.waitForSelector("a[href$='/receipt']", { timeout: 20_000 });
  await look("7-progress");
  await page.click("a[href$='/receipt']");
  await receipt(page);
  await look("8-receipt");

  if (script) {
    await page.click("button[name=elder]");
    await page.waitForSelector("html[data-mode=elder]");
    await page.click("button[name=language]");
    await page.waitForSelector("html[lang=en]");
    await page.goto(`${url}/`);
    await look("9-elder-english");
    const lost = await page.goto(`${url}/no-such-page`);
    assert(lost.status() === 404, `an unknown page has the status ${lost.status()}`);
    await look("10-not-found");
  }
  await close();
}

/** Tab, space and enter alone pay a bill; whatever has the focus shows it. */
async function keyboard() {
  const { page, close } = await citizen({});
  async function tabTo(selector) {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate((wanted) => {
        const own = document.activeElement;
        const outlined = [own, own.closest("label, form")].some(
          (element) => element && getComputedStyle(element).outlineStyle !== "none",
        );
        return { met: own.matches(wanted), outlined, html: own.outerHTML.slice(0, 120) };
      }, selector);
      assert(focus.outlined, `the focus cannot be seen: ${focus.html}`);
      if (focus.met) return;
    }
    throw new Error(`no way to ${selector} by keyboard on ${page.url()}`);
  }

  await page.goto(`${url}/services/${service}`);
  await tabTo("a[href^='/sign-in']");
  await page.keyboard.press("Enter");
  await page.waitForSelector("form[action='/sign-in']");
  await tabTo("form[action='/sign-in'] button");
  await page.keyboard.press("Enter");
  await page.waitForSelector("nav a[href='/payments']");
  await tabTo("[name='service:region']");
  await page.keyboard.press("Space");
  for (const [name, value] of Object.entries(await sample())) {
    await tabTo(`[name=${name}]`);
    await page.keyboard.type(String(value));
  }
  await tabTo("main form button");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".bills", { timeout: 20_000 });
  await tabTo("main form button.button");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".total");
  await tabTo("form[action='/payments'] button");
  await page.keyboard.press("Enter");
  await page.waitForSelector("a[href$='/receipt']", { timeout: 20_000 });
  await tabTo("a[href$='/receipt']");
  await page.keyboard.press("Enter");
  await receipt(page);
  await close();
}

/** A silent biller: the page says what is certain, and to leave it alone. */
async function unknown() {
  const { page, close } = await citizen({});
  await signIn(page);
  await toConfirm(page, async () => {});
  const fault = { service, fault: "hang_before", count: 9, on: "any" };
  await fetch(`${city}/_faults`, { method: "POST", body: JSON.stringify(fault) });
  await page.click("form[action='/payments'] button");
  const note = page.locator(".note.warn");
  await note.waitFor({ timeout: 60_000 });
  const said = await note.textContent();
  for (const words of ["请不要重复缴费", "款项已为您预留", "还没有答复", "最迟"]) {
    assert(said.includes(words), `${words} is missing: ${said}`);
  }
  await inspect(page, "11-unknown");
  await fetch(`${city}/_faults`, { method: "DELETE" });
  await close();
}

/** Where the operator asks for it, the payer authorises each payment on its page. */
async function agreement() {
  const asked = (body) =>
    fetch(`${url}/v1/payer-policies/clients/demo-bank-app`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${officer}` },
      body: JSON.stringify(body),
    });
  const set = await asked({ authorise_above: 0 });
  assert(set.status === 204, `the policy was answered with ${set.status}`);
  // It counts on every node within a second.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  for (const script of [true, false]) {
    const { page, close } = await citizen({ javaScriptEnabled: script });
    await signIn(page);
    await toConfirm(page, async () => {});
    await page.click("form[action='/payments'] button");
    const agree = page.locator("form[action$='/authorise'] button");
    await agree.waitFor({ timeout: 20_000 });
    const amount = await page.textContent(".outcome .total");
    const card = await page.textContent("section[aria-labelledby=agree]");
    for (const words of [amount.trim(), "收款单位", "授权之前不会预留或扣款", "过时自动取消"]) {
      assert(card.includes(words), `${words} is missing: ${card}`);
    }
    if (script) {
      await inspect(page, "12-agree");
      await page.click("button[name=elder]");
      await page.waitForSelector("html[data-mode=elder]");
      await inspect(page, "13-agree-elder");
      // Given up first: nothing was sent, nothing taken, and the bill is free.
      await page.click("form[action$='/cancel'] button");
      await page.waitForSelector(".outcome.bad");
      const said = await page.textContent("main");
      assert(said.includes("没有扣款"), `a payment given up says: ${said}`);
    } else {
      await agree.click();
      await page.waitForSelector("a[href$='/receipt']", { timeout: 20_000 });
      await page.click("a[href$='/receipt']");
      await receipt(page);
    }
    await close();
  }
  await asked({});
}

try {
  await journey({ script: true });
  await journey({ script: false });
  await keyboard();
  await agreement();
  await unknown();
  console.log("ok");
} finally {
  await browser.close();
}
