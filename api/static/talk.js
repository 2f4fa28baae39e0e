// Player and transcript of one contact: the talk follows the audio, a click on it moves the audio.
import { clock, endClip, guard, playClip, spaceToggles } from "./clip.js";
import { Blocks } from "./talk_blocks.js";
import { drawWaves } from "./waves.js";

const audio = document.querySelector("#audio");
const player = document.querySelector("#player");
const list = document.querySelector(".turns");
let turns = [];
let active = null;

function gather() {
  turns = [...document.querySelectorAll(".turn")].map((element) => ({
    element,
    start: Number(element.dataset.start),
    end: Number(element.dataset.end),
  }));
  active = turns.find((turn) => turn.element.classList.contains("is-active")) ?? null;
}
gather();
const blocks = new Blocks(list, () => { gather(); follow(); });

function scrollTo(element) {
  if (!list || !element) return;
  if (list.scrollHeight > list.clientHeight + 1) {
    const top = element.getBoundingClientRect().top - list.getBoundingClientRect().top + list.scrollTop;
    list.scrollTo({ top: top - list.clientHeight / 3, behavior: "auto" });
  } else {
    element.scrollIntoView({ block: "nearest" });
  }
}

function follow() {
  if (!audio) return;
  const now = audio.currentTime;
  const missing = blocks.at(now);
  if (missing && now > 0) blocks.load(missing);
  const turn = turns.findLast((each) => each.start <= now + 0.02 && now < each.end + 0.3) ?? null;
  if (turn === active) return;
  active?.element.classList.remove("is-active");
  active?.element.removeAttribute("aria-current");
  active = turn;
  active?.element.classList.add("is-active");
  active?.element.setAttribute("aria-current", "true");
  if (active && !audio.paused) scrollTo(active.element);
}

async function showMark(name) {
  const missing = blocks.with(name);
  if (missing) await blocks.load(missing);
  for (const mark of document.querySelectorAll("mark.is-shown")) mark.classList.remove("is-shown");
  const marks = document.querySelectorAll(`mark[data-mark="${CSS.escape(name)}"]`);
  for (const mark of marks) mark.classList.add("is-shown");
  if (marks.length) scrollTo(marks[0].closest(".turn"));
}

function onClick(event) {
  const source = event.target.closest("button[data-start], button[data-mark], mark[data-mark], .turn");
  if (!source || String(window.getSelection())) return;
  if (source.dataset.mark) showMark(source.dataset.mark);
  if (audio && source.dataset.start) playClip(audio, Number(source.dataset.start), Number(source.dataset.end));
}

function wireBar() {
  const toggle = player.querySelector(".toggle");
  const icon = toggle.querySelector("span");
  const at = player.querySelector(".at");
  toggle.addEventListener("click", () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()));
  player.querySelector(".speed select").addEventListener("change", (event) => {
    audio.playbackRate = Number(event.target.value);
  });
  const sync = () => {
    icon.textContent = audio.paused ? "▶" : "❚❚";
    toggle.setAttribute("aria-label", audio.paused ? player.dataset.play : player.dataset.pause);
  };
  audio.addEventListener("play", sync);
  audio.addEventListener("pause", sync);
  audio.addEventListener("timeupdate", () => (at.textContent = clock(audio.currentTime)));
}

export async function startTalk() {
  document.addEventListener("click", onClick);
  if (!audio) return;
  guard(audio);
  spaceToggles(audio);
  audio.addEventListener("timeupdate", follow);
  audio.addEventListener("seeked", follow);
  try {
    await drawWaves(player, audio, { onMark: (mark) => { if (mark.id) showMark(mark.id); playClip(audio, mark.start, mark.end); }, onSeek: endClip });
    wireBar();
    player.querySelector(".player-bar").hidden = false;
    audio.hidden = true;
    player.classList.add("has-waves");
  } catch (error) {
    console.warn("no waveform:", error);
    player.querySelector(".waves").hidden = true;
    player.querySelector(".no-waves").hidden = false;
  }
}
