// The search: / to the field, j and k through what was found, p plays; a click plays too. A page that went out before
// it was full is filled by what comes after it, until somebody has had enough.
import "./coaching.js";

const field = document.querySelector("#q");
const PAGE = 20;

function step(by) {
  const hits = [...document.querySelectorAll(".hit")];
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

async function goOn() {
  const list = document.querySelector("#hits");
  let stopped = document.querySelector("#stopped");
  if (!list || !stopped) return;
  let read = Number(stopped.dataset.read);
  const enough = new AbortController();
  while (stopped && list.children.length < PAGE && !enough.signal.aborted) {
    const button = stopped.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", () => enough.abort());
    stopped.querySelector("p").textContent = stopped.dataset.going.replace("{read}", read);
    const next = document.querySelector("#more a").href;
    let page;
    try {
      const answer = await fetch(next, { signal: enough.signal, headers: { accept: "text/html" } });
      if (!answer.ok) break;
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      break;
    }
    const hits = page.querySelectorAll(".hit");
    list.append(...hits);
    for (const name of ["#stopped", "#more", "#nothing"]) {
      const [old, fresh] = [document.querySelector(name), page.querySelector(name)];
      if (fresh && !(name === "#nothing" && list.children.length)) {
        if (old) old.replaceWith(fresh);
        else list.after(fresh);
      } else {
        old?.remove();
      }
    }
    stopped = document.querySelector("#stopped");
    read += Number(stopped?.dataset.read ?? 0);
  }
  // What the last page tells stands there without a script, too: where it stopped, and the way on.
  const left = document.querySelector("#stopped");
  if (left) left.querySelector("button").hidden = true;
}

goOn();
