// The review page: criteria, notes, draft and keyboard joined together.
import { endClip, hasClip } from "./clip.js";
import { Draft } from "./review_draft.js";
import { wireKeys } from "./review_keys.js";
import { Notes } from "./review_notes.js";
import { Decision } from "./review_sheet.js";
import { startTalk } from "./talk.js";

const ASK_MS = 30000;
const HOP_S = 5;
const BEFORE_SPEECH_S = 0.4;

const root = document.querySelector("#review");
const words = JSON.parse(root.dataset.words);
const audio = document.querySelector("#audio");
const dialog = document.querySelector("#keys");
const status = root.querySelector(".saved");
const comment = root.querySelector("#comment");
const lang = document.documentElement.lang;
let current = null;

function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function at(iso) {
  const moment = new Date(iso);
  const isToday = moment.toDateString() === new Date().toDateString();
  const time = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  return moment.toLocaleString(lang, isToday ? time : { ...time, day: "numeric", month: "short" });
}

function scoreText({ value, lo, hi, is_failed: isFailed }) {
  const told = (number) => (number === null ? "–" : new Intl.NumberFormat(lang, { maximumFractionDigits: 0, roundingMode: "halfEven" }).format(number));
  const range = lo === hi ? "" : ` (${told(lo)}…${told(hi)})`;
  return told(value) + range + (isFailed ? ` ✗ ${say("failed")}` : "");
}

const notes = new Notes(root, audio, say, changed);
const decisions = [...root.querySelectorAll(".decide")].map((element) => new Decision(element, changed));

function sheet() {
  const given = decisions.map((decision) => decision.sheet).filter(Boolean);
  return { given, notes: notes.notes, comment: comment.value };
}

function changed() {
  progress();
  draft.touch();
}

function progress() {
  const open = decisions.filter((decision) => decision.isOpen);
  const n = decisions.filter((decision) => decision.given !== null).length;
  const told = root.querySelector(".to-decide");
  told.textContent = open.length ? say("to_decide", { n: open.length }) : say("decided");
  told.classList.toggle("is-none", !open.length);
  root.querySelector(".jumps").hidden = !open.length;
  for (const line of root.querySelectorAll(".jumps li")) {
    line.hidden = !open.some((decision) => decision.element.id === line.dataset.for);
  }
  const bar = root.querySelector("progress");
  const looked = say("looked_at", { n, m: decisions.length });
  bar.value = n;
  bar.setAttribute("aria-label", looked);
  root.querySelector(".looked-at span").textContent = looked;
}

function tellStatus(text, isBad = false) {
  if (status.textContent !== text) status.textContent = text;
  status.classList.toggle("is-bad", isBad);
}

function showStanding(standing, { isAsked = false } = {}) {
  root.querySelector(".own-score").textContent = scoreText(standing.score);
  root.querySelector(".machine-score").textContent = scoreText(standing.machine_score);
  root.querySelector(".discard").hidden = !standing.version || Boolean(standing.done_at);
  const presence = document.querySelector("#at-it");
  const who = new Intl.ListFormat(lang).format(standing.at_it);
  const told = who && say(standing.at_it.length > 1 ? "at_it_many" : "at_it", { who });
  if (presence.textContent !== told) presence.textContent = told;
  presence.hidden = !told;
  if (isAsked) return;
  const next = root.querySelector(".next-work");
  if (next) next.hidden = standing.state !== "done";
  if (!standing.version) tellStatus(say("empty"));
  else if (standing.state === "done") tellStatus(say("done", { time: at(standing.done_at) }));
  else {
    const saved = say("saved", { time: at(standing.changed_at) });
    tellStatus(standing.done_at ? `${saved} · ${say("again")}` : saved);
  }
}

function showConflict() {
  const banner = document.querySelector("#conflict");
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: say("reload") });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    draft.isUnsaved = false;
    location.reload();
  });
  banner.replaceChildren(say("conflict"), " ", link);
  banner.hidden = false;
  banner.scrollIntoView({ block: "nearest" });
  tellStatus(say("conflict"), true);
}

const draft = new Draft(root, sheet, {
  saving: () => tellStatus(say("saving")),
  standing: showStanding,
  conflict: showConflict,
  retrying: () => tellStatus(say("unsaved"), true),
  signedOut: () => tellStatus(say("signed_out"), true),
  refused: (error) => tellStatus(say("refused", { message: error?.message ?? "" }), true),
});

async function handIn() {
  const lacking = decisions.filter((decision) => decision.isLacking);
  for (const decision of decisions) decision.tellWhy(decision.isLacking);
  if (lacking.length) {
    tellStatus(say("lacking", { n: lacking.length }), true);
    select(lacking[0]);
    lacking[0].why.focus();
    return;
  }
  await draft.finish();
}

async function discard() {
  if (!window.confirm(say("sure"))) return;
  if (await draft.discard()) location.reload();
}

function select(decision) {
  if (!decision) return;
  current?.element.classList.remove("is-current");
  current = decision;
  decision.element.classList.add("is-current");
  decision.element.focus({ preventScroll: true });
  decision.element.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const place = decisions.indexOf(current) + by;
  if (current === null) select(decisions[0]);
  else if (place >= 0 && place < decisions.length) select(decisions[place]);
}

function nextOpen() {
  const from = decisions.indexOf(current) + 1;
  const turned = [...decisions.slice(from), ...decisions.slice(0, from)];
  select(turned.find((decision) => decision.isOpen));
}

function playProof() {
  const proof = current?.element.querySelector(".proof");
  if (!proof) return;
  proof.open = true;
  proof.querySelector(".play")?.click();
}

function writeWhy() {
  if (!current) return;
  current.whyBox.hidden = false;
  current.why.focus();
}

function hop(seconds) {
  if (!audio) return;
  endClip();
  audio.currentTime = Math.max(0, audio.currentTime + seconds);
}

function changeSpeed(by) {
  const select = document.querySelector(".speed select");
  if (!select) return;
  select.selectedIndex = Math.min(select.options.length - 1, Math.max(0, select.selectedIndex + by));
  select.dispatchEvent(new Event("change"));
}

function wireSilence() {
  const box = document.querySelector("#skip-silence");
  const silences = JSON.parse(document.querySelector("#player").dataset.silences);
  audio.addEventListener("timeupdate", () => {
    if (!box.checked || audio.paused || hasClip()) return;
    const now = audio.currentTime;
    const silence = silences.find(([start, end]) => start + BEFORE_SPEECH_S <= now && now < end - 2 * BEFORE_SPEECH_S);
    if (silence) audio.currentTime = silence[1] - BEFORE_SPEECH_S;
  });
  for (const button of document.querySelectorAll("[data-hop]")) {
    button.addEventListener("click", () => hop(Number(button.dataset.hop)));
  }
}

function escape(target) {
  if (!notes.box.hidden && notes.box.contains(target)) notes.close();
  else if (target.closest(".decide")) select(decisions.find((decision) => decision.element.contains(target)));
  else target.blur();
}

const keys = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  a: () => current?.accept(), x: () => current?.clear(), w: writeWhy, e: playProof, u: nextOpen, n: () => notes.open(),
  ArrowLeft: () => hop(-HOP_S), ArrowRight: () => hop(HOP_S), ",": () => changeSpeed(-1), ".": () => changeSpeed(1),
  s: () => document.querySelector("#skip-silence")?.click(), "?": () => dialog.showModal(),
};

function start() {
  wireKeys({ keys, handIn, escape, pick: (key) => current?.pick(key) }, dialog);
  comment.addEventListener("input", changed);
  root.querySelector(".hand-in").addEventListener("click", handIn);
  root.querySelector(".discard").addEventListener("click", discard);
  root.querySelector(".help").addEventListener("click", () => dialog.showModal());
  root.addEventListener("focusin", (event) => {
    const decision = decisions.find((each) => each.element.contains(event.target));
    if (!decision || decision === current) return;
    current?.element.classList.remove("is-current");
    current = decision;
    decision.element.classList.add("is-current");
  });
  for (const link of root.querySelectorAll(".jumps a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      select(decisions.find((decision) => `#${decision.element.id}` === decodeURIComponent(link.hash)));
    });
  }
  window.addEventListener("pagehide", () => draft.leave());
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  window.addEventListener("beforeunload", (event) => (draft.isUnsaved || draft.running) && !draft.isStopped && event.preventDefault());
  setInterval(() => document.visibilityState === "visible" && draft.ask(), ASK_MS);
  if (audio) wireSilence();
  progress();
  showStanding(JSON.parse(root.dataset.standing));
  startTalk();
}

start();
