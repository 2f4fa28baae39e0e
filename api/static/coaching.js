import { guard, playClip, spaceToggles } from "./clip.js";

const audio = document.querySelector("#audio");
const box = document.querySelector("#clip-player");
let current = null;

function show(button) {
  current?.classList.remove("is-playing");
  current = button;
  current?.classList.add("is-playing");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.play[data-src]");
  if (!button) return;
  if (button === current && !audio.paused) {
    audio.pause();
    return;
  }
  if (audio.getAttribute("src") !== button.dataset.src) audio.src = button.dataset.src;
  box.hidden = false;
  show(button);
  playClip(audio, Number(button.dataset.start), Number(button.dataset.end));
});

audio.addEventListener("pause", () => show(null));
guard(audio);
spaceToggles(audio);
