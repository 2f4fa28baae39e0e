// Notes pinned to a second of the conversation.
import { clock, endClip } from "./clip.js";

export class Notes {
  constructor(root, audio, say, onChange) {
    this.list = root.querySelector(".notes");
    this.shape = root.querySelector("#note-shape");
    this.box = root.querySelector(".note-edit");
    this.text = this.box.querySelector("textarea");
    this.opener = root.querySelector(".note-new");
    this.audio = audio;
    this.say = say;
    this.onChange = onChange;
    this.notes = JSON.parse(root.dataset.notes);
    this.at = 0;
    this.lineAt = 0; // of a chat: where the line stands that was chosen last
    this.back = null;
    this.opener.addEventListener("click", () => this.open());
    this.box.querySelector(".note-keep").addEventListener("click", () => this.keep());
    this.box.querySelector(".note-cancel").addEventListener("click", () => this.close());
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) return;
      event.preventDefault();
      this.keep();
    });
    document.addEventListener("click", (event) => {
      const turn = event.target.closest?.(".turn");
      if (turn) this.lineAt = Number(turn.dataset.start);
    });
    this.draw();
  }

  open() {
    const focused = document.activeElement;
    this.back = focused && focused !== document.body ? focused : this.opener;
    this.at = Math.round(100 * (this.audio ? this.audio.currentTime : this.lineAt)) / 100;
    this.box.querySelector(".note-label").textContent = this.say("note_at", { time: clock(this.at) });
    this.box.hidden = false;
    this.text.value = "";
    this.text.focus();
  }

  close() {
    this.box.hidden = true;
    this.back?.focus();
  }

  keep() {
    const text = this.text.value.trim();
    if (!text) return this.text.focus();
    this.notes.push({ at_s: this.at, text });
    this.notes.sort((one, other) => one.at_s - other.at_s);
    this.draw();
    this.close();
    this.onChange();
  }

  draw() {
    this.list.replaceChildren(...this.notes.map((note) => this.line(note)));
  }

  line(note) {
    const line = this.shape.content.firstElementChild.cloneNode(true);
    const time = clock(note.at_s);
    const play = line.querySelector(".play");
    play.textContent = this.audio ? `▶ ${time}` : time;
    play.setAttribute("aria-label", this.say("play_at", { time }));
    play.addEventListener("click", () => this.play(note.at_s));
    line.querySelector(".written").textContent = note.text;
    const remove = line.querySelector(".note-delete");
    remove.textContent = this.say("delete");
    remove.setAttribute("aria-label", this.say("delete_of", { time }));
    remove.addEventListener("click", () => {
      this.notes.splice(this.notes.indexOf(note), 1);
      this.draw();
      this.opener.focus();
      this.onChange();
    });
    return line;
  }

  play(at) {
    if (this.audio) {
      endClip();
      this.audio.currentTime = at;
      this.audio.play().catch(() => {});
      return;
    }
    const turns = [...document.querySelectorAll(".turn")];
    turns.findLast((turn) => Number(turn.dataset.start) <= at + 0.01)?.scrollIntoView({ block: "center" });
  }
}
