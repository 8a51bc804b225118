// Walks the pages as people do, with JavaScript switched off, and keeps what the server answered in each state.

import { randomBytes } from "node:crypto";

const password = "seven green bicycles";

/**
 * walk visits every page in each of its states and returns them: {name, url, status, html} each, and what the
 * browser complained about on the way.
 *
 * demo is a reporter of the demo campus who has tickets of every status, and somebody of its staff with the same
 * password: {name, password, staff}.
 */
export async function walk(browser, base, demo) {
  const states = [];
  const complaints = [];
  const newcomer = async () => Visitor.arrive(browser, base, states, complaints);

  const guest = await newcomer();
  await guest.open("report form", "/");
  await guest.send("report form with errors", "/report", { empty: true, expect: 422 });
  await guest.send("confirmation for a guest", "/report");
  const sent = guest.path();
  await guest.open("confirmation after a reload", sent);
  const ticket = sent.replace(/\/sent$/, "");
  await guest.open("ticket of a guest", ticket);
  await guest.send("ticket with an empty reply", ticket + "/reply", { empty: true, expect: 422 });
  await guest.open("ticket of a guest again", ticket);
  await guest.send("ticket of a guest with a reply", ticket + "/reply");
  await guest.open("correcting as a guest", ticket + "/correct");
  await guest.open("help", "/help");
  await guest.open("known issues", "/known");
  await guest.send("known issue, me too", "/me-too");
  await guest.open("known issues of a building", "/known/LIB");
  await guest.open("report form from a label that is not known", "/r/NOWHERE-1");
  await guest.open("steps: kind", "/report/steps");
  await guest.send("steps: place", "/report/steps");
  await guest.send("steps: place with errors", "/report/steps", { empty: true, expect: 422 });
  await guest.send("steps: already reported, or what", "/report/steps");
  if (await guest.page.locator('input[name="step"][value="known"]').count()) {
    await guest.send("steps: what", "/report/steps");
  }
  await guest.send("steps: what with errors", "/report/steps", { empty: true, expect: 422 });
  await guest.send("steps: you", "/report/steps");
  await guest.send("steps: you with errors", "/report/steps", { empty: true, expect: 422 });
  await guest.send("steps: review", "/report/steps");
  await guest.send("steps: sent", "/report");
  await guest.open("report form to be checked", "/");
  await guest.send("report form, checked", "/report", { button: '[name="check"]' });
  await guest.send("sign-in that keeps a report", "/report", { button: '[name="account"]' });
  await guest.send("sign-in that keeps a report, with errors", "/sign-in", { empty: true, expect: 422 });
  await guest.send("sign-up that keeps a report", "/sign-in", { button: '[formaction="/sign-up"]' });
  await guest.send("sign-up that keeps a report, with errors", "/sign-up", { empty: true, expect: 422 });
  await guest.send("sign-in that keeps a report once more", "/sign-up", { button: '[formaction="/sign-in"][name="show"]' });
  await guest.send("report form again", "/sign-in", { button: '[name="back"]' });
  await guest.open("my tickets, signed out", "/tickets", { expect: null });
  await guest.open("account, signed out", "/account", { expect: null });
  await guest.open("no such page", "/no-such-page", { expect: 404 });
  await guest.open("no such ticket", "/t/" + "x".repeat(32), { expect: 404 });
  await guest.open("no such method", "/report", { method: "DELETE", expect: 405 });
  await guest.leave();

  const careful = await newcomer();
  await careful.open("report form of the careful", "/");
  await careful.send("confirmation for the careful", "/report");
  const shared = careful.path().replace(/\/sent$/, "");
  await careful.open("ticket with a shared link", shared);
  await careful.send("ticket with a new link", shared + "/renew");
  await careful.send("link ended", careful.path() + "/revoke");
  await careful.leave();

  const reporter = await newcomer();
  const username = "walker" + Date.now().toString(36);
  await reporter.open("sign-up", "/sign-up");
  await reporter.send("sign-up with errors", "/sign-up", { empty: true, expect: 422 });
  await reporter.send("signed up", "/sign-up", { username });
  await reporter.open("my tickets, none yet", "/tickets");
  await reporter.open("report form, signed in", "/");
  await reporter.send("confirmation, signed in", "/report");
  const own = reporter.path().replace(/\/sent$/, "");
  await reporter.open("ticket, open", own);
  await reporter.open("correcting", own + "/correct");
  await reporter.send("correcting with errors", own + "/correct", { empty: true, expect: 422 });
  await reporter.open("correcting once more", own + "/correct");
  await reporter.send("ticket, corrected", own + "/correct");
  await reporter.send("ticket, withdrawn", own + "/withdraw");
  await reporter.open("ticket, closed", own);
  await reporter.send("ticket, reopened", own + "/reopen");
  await reporter.open("my tickets", "/tickets");
  await reporter.open("account", "/account");
  await reporter.send("account, notices chosen", "/account/notices");
  await reporter.send("account with a missing password", "/account/password", { empty: true, expect: 422 });
  await reporter.send("account with a missing key", "/account/keys", { empty: true, expect: 422 });
  await reporter.send("account with a key", "/account/keys", { authorized: publicKey() });
  await reporter.send("account in Spanish", "/language");
  await reporter.send("account in Spanish with a missing key", "/account/keys", { empty: true, expect: 422 });
  await reporter.open("ticket of a guest, signed in", ticket);
  await reporter.send("ticket added to an account", ticket + "/keep");
  await reporter.open("account once more", "/account");
  await reporter.send("signed out", "/sign-out");
  await reporter.open("new password", "/new-password");
  await reporter.send("new password with errors", "/new-password", { empty: true, expect: 422 });
  await reporter.open("sign-in", "/sign-in");
  await reporter.send("sign-in with errors", "/sign-in", { empty: true, expect: 422 });
  await reporter.send("sign-in with a wrong password", "/sign-in", { username, password: "not this one at all", expect: null });
  await reporter.send("signed in", "/sign-in", { username });
  await reporter.leave();

  const spanish = await newcomer();
  await spanish.open("help once more", "/help");
  await spanish.send("help in Spanish", "/language");
  for (const path of ["/", "/sign-in", "/sign-up", "/new-password", "/tickets"]) await spanish.open(`${path} in Spanish`, path);
  await spanish.leave();

  const regular = await newcomer();
  await regular.open("sign-in of a demo reporter", "/sign-in");
  await regular.send("signed in as a demo reporter", "/sign-in", { username: demo.name, password: demo.password });
  await regular.open("my tickets, of every status", "/tickets");
  let fixed, gone; // tickets that can be rated, and that can only be reported again
  for (const [i, path] of (await regular.tickets()).entries()) {
    await regular.open(`ticket of the demo ${i + 1}`, path);
    if (await regular.has(path + "/rate")) fixed ??= path;
    if (await regular.has(path + "/again")) gone ??= path;
  }
  if (fixed) {
    await regular.open("ticket to rate", fixed);
    await regular.send("ticket rated with nothing", fixed + "/rate", { empty: true, expect: null });
    await regular.open("ticket to rate again", fixed);
    await regular.send("ticket rated", fixed + "/rate", { expect: null });
  }
  if (gone) {
    await regular.open("reporting again", gone + "/again");
    await regular.send("reporting again with errors", gone + "/again", { empty: true, expect: 422 });
  }
  await regular.leave();

  if (demo.staff) await work(await newcomer(), demo);

  return { states: distinct(states, (s) => s.name.startsWith("ticket of the demo")), complaints };
}

/** work visits the pages of staff, and works a ticket through all that can be done to it. */
async function work(staff, demo) {
  await staff.open("sign-in of staff", "/sign-in");
  await staff.send("signed in as staff", "/sign-in", { username: demo.staff, password: demo.password });
  await staff.open("work", "/work");
  await staff.open("work, search with an error", "/work?q=stauts:open", { expect: 422 });
  await staff.open("work, search without a hit", "/work?q=qzxqzx");
  await staff.open("work, of another", "/work/1", { expect: 404 });
  await staff.open("work, unassigned", "/work?view=unassigned");
  const links = await staff.page.locator('main a[href^="/work/"]').evaluateAll((all) => all.map((a) => a.pathname));
  if (links.length === 0) throw new Error("nobody waits for the staff of the demo");
  const path = links[0];
  await staff.open("work on a ticket", path);
  await staff.send("work, taken", path + "/take");
  await staff.send("work, empty reply", path + "/reply", { empty: true, expect: 422 });
  await staff.send("work, replied", path + "/reply");
  await staff.send("work, noted", path + "/note");
  await staff.send("work, priority set", path + "/priority");
  await staff.send("work, waiting", path + "/waiting");
  await staff.send("work, set open", path + "/status");
  await staff.send("work, given away", path + "/assign");
  await staff.send("work, closed", path + "/close");
  await staff.send("work, reopened", path + "/reopen");
  await staff.leave();
}

/** Visitor is one person with a browser of their own, who keeps every page they see. */
class Visitor {
  static async arrive(browser, base, states, complaints) {
    const context = await browser.newContext({ baseURL: base, javaScriptEnabled: false });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (/content security policy/i.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText;
      if (why === "net::ERR_ABORTED") return; // the visitor went on before the icon had come
      complaints.push(`${page.url()}: ${request.url()} was not loaded: ${why}`);
    });
    return Object.assign(new Visitor(), { context, page, states });
  }

  path() {
    return new URL(this.page.url()).pathname;
  }

  /** has says whether this page has a form or a link that leads to an address. */
  async has(address) {
    return (await this.page.locator(`form[action="${address}"], a[href="${address}"]`).count()) > 0;
  }

  async leave() {
    await this.context.close();
  }

  /** open asks for a page. An expected status of null takes any but a failure of the server. */
  async open(name, path, { method = "GET", expect = 200 } = {}) {
    if (method === "GET") return this.keep(name, await this.page.goto(path), expect);
    const answer = await this.context.request.fetch(path, { method });
    return this.keep(name, answer, expect);
  }

  /**
   * send fills the form of this page that goes to an address, and sends it: empty, or with a believable value in
   * every field; by its own button, or by that of the selector.
   */
  async send(name, action, { empty = false, expect = 200, button: which = ":not([formaction])", ...values } = {}) {
    const form = this.page.locator(`form[action="${action}"]`).first();
    if ((await form.count()) === 0) throw new Error(`${name}: no form on ${this.path()} goes to ${action}`);
    await form.evaluate((f) => {
      f.noValidate = true; // the server's answer is what is looked at, not the browser's
      for (let d = f.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
      for (const d of f.querySelectorAll("details")) d.open = true;
    });
    for (const field of await form.locator("input, textarea, select").all()) {
      await fill(field, empty, values);
    }
    const button = form.locator(`button${which}`).first();
    const [response] = await Promise.all([
      this.page.waitForResponse((r) => r.request().isNavigationRequest() && (r.status() < 300 || r.status() > 399)),
      button.click(),
    ]);
    await this.page.waitForLoadState();
    await this.keep(name, response, expect);
  }

  /** tickets returns the addresses of some tickets in the list of this page. */
  async tickets() {
    const links = await this.page.locator('a[href^="/tickets/"]').evaluateAll((all) => all.map((a) => a.pathname));
    const unique = [...new Set(links)];
    if (unique.length === 0) throw new Error("the demo reporter has no tickets");
    return unique.slice(0, 30);
  }

  async keep(name, response, expect) {
    const status = response.status();
    const html = await response.text();
    if (expect === null ? status >= 500 : status !== expect) {
      const main = /<main[^]*<\/main>/.exec(html)?.[0] ?? html;
      const words = main.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").slice(0, 500);
      throw new Error(`${name}: ${response.url()} answered ${status}, want ${expect ?? "less than 500"}: ${words}`);
    }
    this.states.push({ name, url: response.url(), status, html });
  }
}

async function fill(field, empty, values) {
  const { tag, type, name, hidden } = await field.evaluate((f) => ({
    tag: f.localName,
    type: f.type,
    name: f.name,
    hidden: f.type === "hidden" || f.getClientRects().length === 0, // the trap for robots too
  }));
  if (hidden) return;
  if (tag === "select") return field.evaluate((f, i) => (f.selectedIndex = Math.min(i, f.length - 1)), empty ? 0 : 1);
  if (type === "file") return !empty && name === "file" && (await field.getAttribute("id")) === "file1" ? field.setInputFiles(picture()) : undefined;
  if (type === "checkbox") return;
  if (type === "radio") {
    return field.evaluate((f, on) => {
      const picked = f.form.querySelector(`[name="${f.name}"]:checked`);
      f.checked = on && (picked === null || picked === f);
    }, !empty);
  }
  if (type === "submit" || type === "button") return;
  await field.fill(empty ? "" : believable(type, name, values));
}

/** picture is a photograph of one pixel. */
function picture() {
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  return { name: "lamp.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") };
}

/** publicKey makes a line as ssh-keygen writes it, of a key that nobody has the other half of. */
function publicKey() {
  const part = (bytes) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const blob = Buffer.concat([part(Buffer.from("ssh-ed25519")), part(randomBytes(32))]);
  return `ssh-ed25519 ${blob.toString("base64")} walker`;
}

function believable(type, name, values) {
  if (values[name] !== undefined) return values[name];
  if (type === "password") return values.password ?? password;
  if (values.username !== undefined && /user|login|who/i.test(name)) return values.username;
  if (type === "email" || /mail|contact/i.test(name)) return `${values.username ?? "guest"}@campus.example`;
  if (type === "tel") return "+49 30 1234567";
  if (/name/i.test(name)) return "Wanda Walker";
  if (/room|place|where|location/i.test(name)) return "second floor, next to the lift";
  return "The projector shows everything in green.";
}

/** distinct leaves out those of some states that are built of the same parts as one before: the tenth open ticket. */
function distinct(states, some) {
  const seen = new Set();
  return states.filter((state) => {
    const { status, html } = state;
    if (!some(state)) return true;
    const parts = new Set(html.match(/<[a-z][^>]*>/g)?.map((tag) => tag.replace(/\s(?!class)[a-z-]+(="[^"]*")?/g, "")));
    const shape = [status, ...[...parts].sort()].join();
    return !seen.has(shape) && seen.add(shape);
  });
}
