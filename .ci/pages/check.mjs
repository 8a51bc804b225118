// Checks every page and state of a running demo: axe in every width and colour scheme, the Nu HTML checker on the HTML
// and the stylesheet, and what the browser itself complains about. Prints what it finds and fails if it finds anything.
//
//   DEMO_REPORTER=… DEMO_PASSWORD=… node check.mjs http://127.0.0.1:8080

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { walk } from "./walk.mjs";

const require = createRequire(import.meta.url);
const widths = [320, 390, 1280];
const looks = [
  { name: "light", colorScheme: "light" },
  { name: "dark", colorScheme: "dark" },
  { name: "forced colours", forcedColors: "active" },
];
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const base = process.argv[2];
const demo = { name: process.env.DEMO_REPORTER, password: process.env.DEMO_PASSWORD, staff: process.env.DEMO_STAFF };
if (!base || !demo.name || !demo.password) {
  console.error("usage: DEMO_REPORTER=… DEMO_PASSWORD=… node check.mjs http://127.0.0.1:8080");
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromiumSandbox: process.getuid?.() !== 0,
  args: ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
let findings;
try {
  const { states, complaints } = await walk(browser, base, demo);
  console.log(`${states.length} different states of pages:`);
  for (const { name, status } of states) console.log(`  ${status} ${name}`);

  const axeSource = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
  const results = await Promise.all([...looks.map((look) => axe(browser, states, look, axeSource)), vnu(states)]);
  findings = [...complaints, ...results.flat()];
} finally {
  await browser.close();
}

for (const finding of findings) console.log(`\n${finding}`);
const runs = `axe at ${widths.join(", ")} px in ${looks.map((l) => l.name).join(", ")}; vnu on HTML and CSS`;
console.log(`\n${findings.length} findings (${runs})`);
process.exit(findings.length === 0 ? 0 : 1);

/** axe shows each state as it was answered, in one look and every width, and returns what breaks a rule. */
async function axe(browser, states, look, source) {
  const { name: lookName, ...emulation } = look;
  const context = await browser.newContext(emulation);
  const page = await context.newPage();
  const found = [];
  for (const { name, url, status, html } of states) {
    await page.route(url, (route) => route.fulfill({ status, contentType: "text/html; charset=utf-8", body: html }));
    await page.goto(url);
    await page.unroute(url);
    await page.evaluate(source);
    await page.evaluate(showPaintedColours);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      // As tall as the page, so that a bar which stays in sight while one scrolls does not lie on anything now.
      await page.setViewportSize({ width, height: await page.evaluate(() => Math.max(800, document.documentElement.scrollHeight)) });
      const where = `${name} (${lookName}, ${width} px)`;
      const { violations, wide } = await page.evaluate(async (tags) => {
        const result = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
        return { violations: result.violations, wide: document.documentElement.scrollWidth - innerWidth };
      }, rules);
      for (const v of violations) {
        const nodes = v.nodes.map((n) => `    ${n.target.join(" ")}: ${n.failureSummary?.replace(/\s+/g, " ")}`);
        found.push(`axe: ${where}: ${v.id}: ${v.help}\n${nodes.join("\n")}`);
      }
      if (wide > 0) found.push(`reflow: ${where}: the page is ${wide} px wider than the window`);
    }
  }
  await context.close();
  return found;
}

/**
 * showPaintedColours runs in the page and says outright two colours about which axe is wrong otherwise: it takes a page
 * without a background for white, dark ones too, and reads text-fill-color, which does not tell of forced colours.
 */
function showPaintedColours() {
  const all = [...document.querySelectorAll("html, body, body *")];
  const colours = all.map((element) => getComputedStyle(element).color);
  all.forEach((element, i) => (element.style.webkitTextFillColor = colours[i]));
  if (all.slice(0, 2).every((e) => getComputedStyle(e).backgroundColor === "rgba(0, 0, 0, 0)")) {
    all[0].style.backgroundColor = "Canvas";
  }
}

/** vnu returns the errors and warnings of the Nu HTML checker, for all states and their stylesheets. */
async function vnu(states) {
  const folder = await mkdtemp(join(tmpdir(), "pages-"));
  try {
    const files = new Map();
    for (const [i, { name, html }] of states.entries()) {
      const file = join(folder, `${i}.html`);
      await writeFile(file, html);
      files.set(file, name);
    }
    for (const [i, url] of stylesheets(states).entries()) {
      const file = join(folder, `${i}.css`);
      await writeFile(file, await (await fetch(url)).text());
      files.set(file, url);
    }
    const arguments_ = ["-jar", require.resolve("vnu-jar/build/dist/vnu.jar"), "--format", "json", "--stdout"];
    const output = await new Promise((resolve, reject) => {
      const options = { maxBuffer: 1 << 28 };
      execFile("java", [...arguments_, "--also-check-css", ...files.keys()], options, (error, stdout, stderr) =>
        stdout ? resolve(stdout) : reject(error ?? new Error(`vnu said nothing: ${stderr}`)),
      );
    });
    return JSON.parse(output).messages.map((m) => {
      const name = files.get(decodeURIComponent((m.url ?? "").replace(/^file:/, "").replace(/^\/+/, "/")));
      return `vnu: ${name ?? m.url}: line ${m.lastLine}: ${m.subType ?? m.type}: ${m.message}\n    ${m.extract ?? ""}`;
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function stylesheets(states) {
  const found = states.flatMap(({ url, html }) =>
    [...html.matchAll(/<link[^>]+rel="?stylesheet"?[^>]*>/g)].map(([tag]) => {
      const href = /href="([^"]*)"/.exec(tag)[1].replaceAll("&amp;", "&");
      return new URL(href, url).href;
    }),
  );
  return [...new Set(found)];
}
