// Blocks of a long conversation: each is asked for as it comes near, and stands in its place from then on.

const LINE_LETTERS = 55;
const LINE_PX = 23;
const TURN_PX = 55; // of a turn beside its lines: name, padding, gap
const AHEAD = "1500px 0px";

function guess(block) {
  return Number(block.dataset.letters) / LINE_LETTERS * LINE_PX + Number(block.dataset.turns) * TURN_PX;
}

export class Blocks {
  // `onLoad` is called whenever turns have come.
  constructor(list, onLoad) {
    this.list = list;
    this.onLoad = onLoad;
    this.coming = new Map();
    const waiting = this.waiting;
    for (const block of waiting) {
      block.style.height = `${Math.round(guess(block))}px`;
      block.querySelector("button").addEventListener("click", () => this.load(block));
    }
    if (!waiting.length) return;
    // The margin counts for the root alone, so it has to be what scrolls.
    const root = list.scrollHeight > list.clientHeight + 1 ? list : null;
    this.observer = new IntersectionObserver((seen) => {
      for (const one of seen) if (one.isIntersecting) this.load(one.target);
    }, { root, rootMargin: AHEAD });
    for (const block of waiting) this.observer.observe(block);
  }

  get waiting() {
    return [...(this.list?.querySelectorAll(":scope > .block") ?? [])];
  }

  load(block) {
    if (!this.coming.has(block)) {
      this.coming.set(block, this.fetch(block).catch(() => this.fail(block)));
    }
    return this.coming.get(block);
  }

  async fetch(block) {
    const answer = await fetch(`${this.list.dataset.more}?first=${block.dataset.first}`);
    if (!answer.ok) throw new Error(answer.status);
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    this.observer?.unobserve(block);
    block.replaceWith(holder.content);
    this.onLoad();
  }

  fail(block) {
    this.coming.delete(block); // the button, or coming back to it, tries again
    block.querySelector("button").textContent = this.list.dataset.failed;
  }

  // The block in which a second, or a piece of evidence, lies; turns that are there already need none.
  at(second) {
    return this.waiting.find((block) => Number(block.dataset.start) <= second && second < Number(block.dataset.end) + 0.3);
  }

  with(mark) {
    return this.waiting.find((block) => block.dataset.marks.split(" ").includes(mark));
  }
}
