// The keyboard of the review page. Single letters can be switched off (WCAG 2.1.4) and never reach text fields.

const STORE = "qm.review.keys";
const WRITES = "textarea, select, audio, input:not([type=radio]):not([type=checkbox])";
const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

// Some browsers keep nothing for anybody: then the keys are on.
function stored() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

function store(text) {
  try {
    localStorage.setItem(STORE, text);
  } catch {
    // for this page only, then
  }
}

export function wireKeys(actions, dialog) {
  const box = dialog.querySelector("#keys-on");
  box.checked = stored() !== "off";
  box.addEventListener("change", () => store(box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || dialog.open) return;
    const { key, target } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) return run(event, actions.handIn);
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === "Escape") return actions.escape(target);
    if (target.closest(WRITES)) return;
    if (ARROWS.includes(key) && target.closest("input, .turns")) return;
    if (!ARROWS.includes(key) && !box.checked && key !== "?") return;
    const action = /^[1-9]$/.test(key) ? () => actions.pick(key) : actions.keys[key];
    if (action) run(event, action);
  });
}

function run(event, action) {
  event.preventDefault();
  action();
}
