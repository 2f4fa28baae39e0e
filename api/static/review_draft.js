// Keeps a draft: one save at a time, a moment after the last change; tells what became of it.

const REST_MS = 1000;
const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 60000;
const KEEPALIVE_BYTES = 60000; // browsers refuse more than 64 KiB of it

export class Draft {
  constructor(root, read, tell) {
    const query = new URLSearchParams({ form: root.dataset.form });
    const address = root.dataset.address;
    this.addresses = {
      sheet: `/api/v1/reviews/${address}?${query}`,
      done: `/api/v1/reviews/done/${address}?${query}`,
      standing: `/api/v1/review-standing/${address}?${query}`,
    };
    this.csrf = root.dataset.csrf;
    this.login = root.dataset.login;
    this.version = Number(root.dataset.version);
    this.read = read;
    this.tell = tell;
    this.isUnsaved = false;
    this.isStopped = false; // another window saved: nothing of this one may go over it
    this.running = null;
    this.timer = 0;
    this.retryMs = FIRST_RETRY_MS;
  }

  touch() {
    this.isUnsaved = true;
    this.plan(REST_MS);
  }

  plan(delay) {
    clearTimeout(this.timer);
    if (!this.isStopped) this.timer = setTimeout(() => this.save(), delay);
  }

  async save() {
    if (this.running || !this.isUnsaved || this.isStopped) return;
    this.isUnsaved = false;
    this.tell.saving();
    this.running = this.send("PUT", this.addresses.sheet);
    const answer = await this.running;
    this.running = null;
    this.take(answer);
    if (answer.ok && this.isUnsaved) this.plan(REST_MS);
  }

  async finish() {
    clearTimeout(this.timer);
    while (this.running) await this.running.then(() => Promise.resolve());
    if (this.isStopped) return;
    this.isUnsaved = false;
    this.tell.saving();
    this.running = this.send("POST", this.addresses.done);
    const answer = await this.running;
    this.running = null;
    this.take(answer);
  }

  async discard() {
    clearTimeout(this.timer);
    while (this.running) await this.running.then(() => Promise.resolve());
    const answer = await this.send("DELETE", this.addresses.sheet, null);
    if (answer.ok || answer.status === 404) this.isUnsaved = false;
    else this.take(answer);
    return answer.ok;
  }

  // On the way out: what isn't saved yet goes after the one that is under way.
  leave() {
    if (!this.isUnsaved || this.isStopped) return;
    this.isUnsaved = false;
    this.send("PUT", this.addresses.sheet, { ...this.read(), seen: this.version + (this.running ? 1 : 0) });
  }

  async ask() {
    if (this.running || this.isStopped) return;
    const before = this.version;
    const answer = await this.send("GET", this.addresses.standing, null);
    if (!answer.ok || this.running || this.version !== before) return;
    if (answer.body.version !== before) this.stop();
    else this.tell.standing(answer.body, { isAsked: true });
  }

  take(answer) {
    if (answer.ok) {
      this.version = answer.body.version;
      this.retryMs = FIRST_RETRY_MS;
      this.tell.standing(answer.body);
      return;
    }
    if (answer.status === 409) {
      this.stop();
      return;
    }
    this.isUnsaved = true;
    const isForeign = answer.status === 403 && answer.body?.error?.code === "request.csrf";
    if (answer.status === 401) this.tell.signedOut();
    else if (isForeign) this.renew().then((isOurs) => (isOurs ? this.plan(0) : this.tell.signedOut()));
    else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) this.tell.refused(answer.body?.error);
    else {
      this.tell.retrying();
      this.plan(this.retryMs);
      this.retryMs = Math.min(2 * this.retryMs, LONGEST_RETRY_MS);
    }
  }

  // Somebody signed in anew in another tab. Where it's the same person, the new session's sign is taken from the page.
  async renew() {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!response?.ok) return false;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const sheet = page.querySelector("#review");
    if (!sheet || sheet.dataset.login !== this.login || sheet.dataset.csrf === this.csrf) return false;
    this.csrf = sheet.dataset.csrf;
    return true;
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.tell.conflict();
  }

  async send(method, address, body = { ...this.read(), seen: this.version }) {
    const text = body === null ? undefined : JSON.stringify(body);
    const headers = { Accept: "application/json", "X-CSRF-Token": this.csrf };
    if (text) headers["Content-Type"] = "application/json";
    try {
      const response = await fetch(address, {
        method, headers, body: text, keepalive: method !== "GET" && (text?.length ?? 0) * 3 < KEEPALIVE_BYTES,
      });
      const told = response.status === 204 ? null : await response.json().catch(() => null);
      return { ok: response.ok, status: response.status, body: told };
    } catch {
      return { ok: false, status: 0, body: null };
    }
  }
}
