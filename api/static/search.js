// The search by keyboard: / to the field, j and k through what was found, p plays; a click plays too.
import "./coaching.js";

const field = document.querySelector("#q");
const hits = [...document.querySelectorAll(".hit")];

function step(by) {
  const at = hits.indexOf(document.activeElement?.closest(".hit"));
  const next = hits[Math.max(0, Math.min(hits.length - 1, at < 0 ? (by > 0 ? 0 : hits.length - 1) : at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "/") {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "j") {
    step(1);
  } else if (event.key === "k") {
    step(-1);
  } else if (event.key === "p") {
    document.activeElement?.closest(".hit")?.querySelector("button.play")?.click();
  }
});
