// node report_browser.mjs PACKAGES CHROMIUM PAGE SUMMARY.json SCREENSHOTS: opens the report as a person would. Prints what is
// wrong, a line each; exit status 0 when nothing is.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, chromiumPath, pagePath, summaryPath, screenshots] = process.argv.slice(2);
const require = createRequire(path.join(packages, 'package.json'));
const { chromium } = require('playwright-core');
const axeSource = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const summary = JSON.parse(fs.readFileSync(summaryPath, 'utf8'));
const address = pathToFileURL(pagePath).href;

const wrong = [];
const expect = (holds, what) => { if (!holds) wrong.push(what); };

const units = { s: 1e9, ms: 1e6, 'µs': 1e3, ns: 1 };
function nanoseconds(text) {
  const [number, unit] = text.split(' ');
  return Number(number) * units[unit];
}

async function open(browser, options) {
  const page = await browser.newPage(options);
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) wrong.push(`console: ${message.text()}`); });
  page.on('pageerror', (error) => wrong.push(`exception: ${error.message}`));
  page.on('request', (request) => { if (!/^(data|blob):/.test(request.url()) && request.url() !== address) wrong.push(`request: ${request.url()}`); });
  await page.goto(address);
  await page.waitForSelector('#best tbody tr');
  return page;
}

async function checkAxe(page, name) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run());
  for (const { id, impact, nodes } of violations) {
    if (['serious', 'critical'].includes(impact)) wrong.push(`axe, ${name}: ${impact} ${id}: ${nodes[0].html.slice(0, 120)}`);
  }
}

// The table's figures are those of `hone summary`.
async function checkFigures(page) {
  const rows = await page.$$eval('#best tbody tr', (list) => list.map((row) => [...row.cells].map((cell) => cell.textContent)));
  expect(rows.length === summary.length, `${rows.length} rows, summary has ${summary.length}`);
  for (const expected of summary) {
    const row = rows.find((cells) => cells[0] === expected.kernel && cells[1] === expected.problem);
    if (!row) { wrong.push(`no row for ${expected.kernel} ${expected.problem}`); continue; }
    expect(row[3] === expected.best_variant, `${expected.problem}: best variant ${row[3]}, summary has ${expected.best_variant}`);
    expect(Math.abs(nanoseconds(row[4]) / expected.best_ns - 1) < 0.006, `${expected.problem}: time ${row[4]}, summary has ${expected.best_ns} ns`);
    expect(Number(row[8]) === expected.variants, `${expected.problem}: ${row[8]} variants, summary has ${expected.variants}`);
    expect(Number(row[9]) === expected.failed, `${expected.problem}: ${row[9]} failed, summary has ${expected.failed}`);
  }
}

async function checkFilters(page) {
  const last = summary[summary.length - 1];
  await page.fill('#search', last.problem);
  const expected = summary.filter((row) => row.problem.includes(last.problem)).length;
  expect(await page.locator('#best tbody tr').count() === expected, `the filter '${last.problem}' leaves ${await page.locator('#best tbody tr').count()} rows`);
  await page.fill('#search', 'no such thing');
  expect(await page.locator('#best tbody tr').count() === 0, 'a filter that matches nothing leaves rows');
  await page.fill('#search', '');
  expect((await page.textContent('#count')).startsWith(`${summary.length} of`), 'the count after the filter is cleared');
}

async function checkChoosing(page) {
  const buttons = page.locator('#best tbody button');
  for (let i = 0; i < Math.min(await buttons.count(), 6); ++i) {
    const cells = await page.locator('#best tbody tr').nth(i).locator('td').allTextContents();
    await buttons.nth(i).click();
    const facts = await page.textContent('#facts');
    expect(cells[3] === '' || facts.includes(cells[3]), `choosing row ${i} does not show its best variant`);
    expect((await page.textContent('#variant-count')).endsWith(`of ${cells[8]}`), `choosing row ${i} does not list its variants`);
    expect(await page.locator('#best tbody tr').nth(i).getAttribute('aria-current') === 'true', `row ${i} is not marked`);
    const marked = await page.locator('#variants tbody tr', { has: page.locator('.role', { hasText: /^best$/ }) }).locator('code').allTextContents();
    expect(marked.every((variant) => variant === cells[3]), `choosing row ${i} marks ${marked} as best, not ${cells[3]}`);
    const choices = await page.locator('#heat-x option').count();
    expect(await page.isVisible('#heat-controls') === (choices >= 2), `choosing row ${i} offers ${choices} parameters for the heat map`);
  }
  const groups = page.locator('#group');
  const values = await groups.locator('option').evaluateAll((list) => list.map((option) => option.value));
  await groups.selectOption(values[values.length - 1]);
  expect(await groups.inputValue() === values[values.length - 1], 'the list of problems does not keep its choice');
  const variant = await page.locator('#variants tbody code').first().textContent();
  const token = variant.split(' ').pop();
  await page.fill('#variant-search', token);
  const found = await page.locator('#variants tbody code').allTextContents();
  expect(found.length > 0 && found.every((text) => text.includes(token)), `searching variants for ${token}`);
  await page.fill('#variant-search', '');
}

async function checkHover(page) {
  const plot = page.locator('#distribution-chart .plot');
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  let shown = '';
  for (let x = 0.1; x < 0.98 && shown === ''; x += 0.02) {
    await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.6);
    shown = await plot.evaluate((node) => [...node.querySelectorAll('div')].map((one) => one.innerText || '').find((text) => text.includes(' to ')) || '');
  }
  expect(/ to /.test(shown), 'hovering over the histogram shows no times');
  expect((await plot.getAttribute('aria-label')).includes('correct variants'), 'the histogram has no description');
}

async function checkKeyboard(page) {
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement.className) === 'skip', 'the first Tab does not reach the skip link');
  await page.locator('#best tbody button').last().focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('#best tbody tr').last().getAttribute('aria-current') === 'true', 'Enter does not choose a row');
}

const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
try {
  const looks = [['light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }], ['dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true }]];
  for (const [name, options] of looks) {
    const page = await open(browser, options);
    await checkAxe(page, name);
    const { wide, colour } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth - innerWidth, colour: getComputedStyle(document.body).backgroundColor }));
    expect(wide <= 0, `${name}: the page is ${wide} pixels wider than the window`);
    expect((name === 'dark') === (Number(colour.match(/\d+/)[0]) < 100), `${name}: the background is ${colour}`);
    if (name === 'light') {
      const time = await page.locator('#best thead th', { hasText: 'over median' }).boundingBox();
      expect(time.x + time.width <= 1280, 'long variants push the figures out of sight');
      await checkFigures(page);
      await checkFilters(page);
      await checkChoosing(page);
      await checkHover(page);
      const fresh = await open(browser, options);
      await checkKeyboard(fresh);
      await fresh.close();
      await page.selectOption('#theme', 'dark');
      expect(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--page').trim()) === '#12151a', 'the colour list does not switch to dark');
      await page.selectOption('#theme', 'auto');
      expect((await page.pdf()).length > 10000, 'printing gives an empty document');
    }
    if (name === 'dark') {
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor) === 'rgb(255, 255, 255)', 'dark colours are printed');
      await page.emulateMedia({ media: 'screen' });
    }
    await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
    await page.close();
  }
} finally {
  await browser.close();
}
for (const line of wrong) console.log(line);
process.exit(wrong.length === 0 ? 0 : 1);
