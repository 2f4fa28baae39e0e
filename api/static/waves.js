// The waveform of a contact, a lane a channel, drawn from peaks that the server computed: the browser decodes nothing.
import WaveSurfer from "./vendor/wavesurfer.js/wavesurfer.esm.js";
import Regions from "./vendor/wavesurfer.js/plugins/regions.esm.js";
import Timeline from "./vendor/wavesurfer.js/plugins/timeline.esm.js";
import { clock } from "./clip.js";

const LANE_HEIGHT = 40;
const SHORTEST_MARK_S = 0.35;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function laneColours(player) {
  return [...player.querySelectorAll(".lane")].map((lane) => (lane.classList.contains("agent") ? "agent" : "customer"));
}

function addMarks(regions, marks, channels, onMark) {
  for (const mark of marks) {
    const region = regions.addRegion({
      start: mark.start,
      end: Math.max(mark.end, mark.start + SHORTEST_MARK_S),
      color: colour(`wash-${mark.kind}`),
      drag: false,
      resize: false,
      ...(mark.lane >= 0 && mark.lane < channels ? { channelIdx: mark.lane } : {}),
    });
    if (region.element) region.element.title = `${mark.title} · ${clock(mark.start)}`;
    region.on("click", (event) => {
      event.stopPropagation();
      onMark(mark);
    });
  }
}

function metadata(audio) {
  return new Promise((resolve, reject) => {
    if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) resolve();
    audio.addEventListener("loadedmetadata", resolve, { once: true });
    audio.addEventListener("error", () => reject(new Error("the browser can't play this recording")), { once: true });
    if (audio.error) reject(new Error("the browser can't play this recording"));
  });
}

// A file that was cut off is as long as its header says; what isn't there is drawn as silence.
function filledUp(peaks, length) {
  if (!Number.isFinite(length) || length <= peaks.duration_s * 1.02) return peaks.channels;
  return peaks.channels.map((values) => {
    const missing = Math.round((values.length * (length - peaks.duration_s)) / peaks.duration_s);
    return [...values, ...new Array(Math.min(missing, 100000)).fill(0)];
  });
}

export async function drawWaves(player, audio, { onMark, onSeek }) {
  const response = await fetch(player.dataset.peaks, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`peaks: ${response.status}`);
  const peaks = await response.json();
  await metadata(audio);
  const length = Number.isFinite(audio.duration) ? audio.duration : peaks.duration_s;
  player.querySelector(".waves").hidden = false;
  const lanes = laneColours(player);
  const regions = Regions.create();
  const waves = WaveSurfer.create({
    container: player.querySelector("#waveform"),
    media: audio,
    peaks: filledUp(peaks, length),
    duration: length,
    height: LANE_HEIGHT,
    barWidth: 2,
    barGap: 1,
    barRadius: 1,
    cursorColor: colour("ink"),
    cursorWidth: 1.5,
    dragToSeek: true,
    hideScrollbar: true,
    cspNonce: player.dataset.nonce,
    splitChannels: peaks.channels.map((_, index) => ({
      waveColor: colour(`wave-${lanes[index] ?? "customer"}`),
      progressColor: colour(`wave-${lanes[index] ?? "customer"}-played`),
      height: LANE_HEIGHT,
    })),
    plugins: [regions, Timeline.create({ container: player.querySelector("#timeline"), height: 18, formatTimeCallback: clock, timeInterval: 5, primaryLabelInterval: 10, secondaryLabelInterval: 0 })],
  });
  player.querySelector(".total").textContent = clock(length);
  waves.on("interaction", onSeek);
  await new Promise((resolve, reject) => {
    waves.once("ready", () => {
      // Regions given before are dropped.
      addMarks(regions, JSON.parse(player.dataset.marks), peaks.channels.length, onMark);
      resolve();
    });
    waves.once("error", reject);
  });
}
