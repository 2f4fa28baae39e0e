// Plays exactly some seconds of an <audio> element. One clip at a time; seeking elsewhere gives the clip up.

let clip = null;

export function playClip(audio, start, end) {
  clip = { audio, start, end };
  if (audio.readyState < HTMLMediaElement.HAVE_METADATA) {
    audio.addEventListener("loadedmetadata", () => begin(audio, start), { once: true });
    if (audio.preload === "none") audio.load();
    return;
  }
  begin(audio, start);
}

export function endClip() {
  clip = null;
}

export function hasClip() {
  return clip !== null;
}

function begin(audio, start) {
  if (!clip || clip.audio !== audio || clip.start !== start) return;
  audio.currentTime = start;
  audio.play().catch(() => {});
  requestAnimationFrame(watch);
}

function watch() {
  if (!clip) return;
  const { audio, start, end } = clip;
  const now = audio.currentTime;
  if (!audio.seeking && (now < start - 0.5 || now > end + 0.5)) {
    clip = null; // somebody went elsewhere
  } else if (now >= end) {
    clip = null;
    audio.pause();
    audio.currentTime = end;
  } else {
    requestAnimationFrame(watch);
  }
}

// Animation frames rest while the tab is hidden; timeupdate (some four times a second) still ends the clip then.
export function guard(audio) {
  audio.addEventListener("timeupdate", () => document.hidden && watch());
}

export function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// Space plays and pauses, except where a key belongs to the element in focus.
export function spaceToggles(audio) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("input, select, textarea, button, summary, a, audio")) return;
    event.preventDefault();
    if (audio.paused) audio.play().catch(() => {});
    else audio.pause();
  });
}
