// Clips of a list: one at a time, or those of a section in a row (n next, p previous).
import { guard, hasClip, playClip, spaceToggles } from "./clip.js";

const audio = document.querySelector("#audio");
const box = document.querySelector("#clip-player");
let current = null;
let row = [];

function show(button) {
  current?.classList.remove("is-playing");
  current = button;
  current?.classList.add("is-playing");
}

function start(button) {
  if (audio.getAttribute("src") !== button.dataset.src) audio.src = button.dataset.src;
  box.hidden = false;
  show(button);
  playClip(audio, Number(button.dataset.start), Number(button.dataset.end));
}

function move(by) {
  const next = row[row.indexOf(current) + by];
  if (!next) return;
  start(next);
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const all = event.target.closest("button.play-row");
  if (all) {
    row = [...all.closest("section").querySelectorAll("button.play[data-src]")];
    start(row[0]);
    return;
  }
  const button = event.target.closest("button.play[data-src]");
  if (!button) return;
  if (!row.includes(button)) row = [];
  if (button === current && !audio.paused) audio.pause();
  else start(button);
});

document.addEventListener("keydown", (event) => {
  if (!row.length || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea")) return;
  if (event.key === "n") move(1);
  else if (event.key === "p") move(-1);
});

audio?.addEventListener("pause", () => {
  // A clip that is over has given itself up; whoever pauses one wants to go on with it.
  const isOver = !hasClip();
  const following = isOver ? row[row.indexOf(current) + 1] : null;
  if (current && row.includes(current) && following) start(following);
  else show(null);
});
if (audio) {
  guard(audio);
  spaceToggles(audio);
}
