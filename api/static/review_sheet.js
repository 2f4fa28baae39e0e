// The criteria of a form: what was chosen, what the machine said, and where a reason is missing.

const UNVALUED = ["not_applicable", "cannot_tell"];

export class Decision {
  constructor(element, onChange) {
    this.element = element;
    this.facts = JSON.parse(element.dataset.facts);
    this.inputs = [...element.querySelectorAll(".given input[type=radio], .given input[type=checkbox]")];
    this.field = element.querySelector(".value");
    this.whyBox = element.querySelector(".why");
    this.why = this.whyBox.querySelector("textarea");
    this.put(this.facts.given);
    this.why.value = this.facts.why;
    this.onChange = onChange;
    for (const input of this.inputs) input.addEventListener("change", () => this.changed(input));
    this.field?.addEventListener("input", () => this.changed(this.field));
    this.why.addEventListener("input", () => this.changed(this.why));
    element.querySelector(".accept").addEventListener("click", () => this.accept());
    element.querySelector(".clear").addEventListener("click", () => this.clear());
    this.show();
  }

  get isOpen() {
    return this.facts.machine.answer === "cannot_tell" && this.given === null;
  }

  // What was chosen: { answer, value }, or null.
  get given() {
    const checked = this.inputs.filter((input) => input.checked).map((input) => input.value);
    const options = checked.filter((value) => value.startsWith("option:")).map((value) => value.slice(7));
    const plain = checked.find((value) => !value.startsWith("option:"));
    if (plain && UNVALUED.includes(plain)) return { answer: plain, value: null };
    if (this.facts.kind === "yes_no") return plain ? { answer: plain, value: null } : null;
    if (this.facts.kind === "single_choice") return options.length ? { answer: "met", value: options[0] } : null;
    if (this.facts.kind === "multiple_choice") return checked.length ? { answer: "met", value: options.sort() } : null;
    const text = this.field.value.trim();
    if (!text) return null;
    return { answer: "met", value: this.facts.kind === "number" ? Number(text) : text };
  }

  get differs() {
    const { given, facts } = this;
    if (given === null || facts.machine.answer === "cannot_tell") return false;
    if (facts.kind === "yes_no" || UNVALUED.includes(given.answer)) return given.answer !== facts.machine.answer;
    return JSON.stringify(given.value) !== JSON.stringify(facts.machine.value);
  }

  get isLacking() {
    return this.differs && !this.why.value.trim();
  }

  // As the server takes it; null where nothing was chosen.
  get sheet() {
    const given = this.given;
    return given && { criterion_id: this.facts.id, ...given, why: this.why.value };
  }

  put(given) {
    const value = given?.value ?? null;
    const wanted = [];
    if (given && (UNVALUED.includes(given.answer) || this.facts.kind === "yes_no")) wanted.push(given.answer);
    else if (Array.isArray(value)) wanted.push(...(value.length ? value.map((id) => `option:${id}`) : ["none"]));
    else if (given && this.facts.kind === "single_choice") wanted.push(`option:${value}`);
    for (const input of this.inputs) input.checked = wanted.includes(input.value);
    if (this.field) this.field.value = given && !wanted.length ? String(value) : "";
  }

  changed(source) {
    if (source.type === "checkbox") this.untick((input) => input.type === "radio");
    if (source.type === "radio") this.untick((input) => input.type === "checkbox");
    if (source.type === "radio" && this.field) this.field.value = "";
    if (source === this.field) this.untick(() => true);
    this.show();
    this.onChange();
  }

  untick(which) {
    for (const input of this.inputs) if (which(input)) input.checked = false;
  }

  pick(key) {
    const input = this.inputs.find((each) => each.dataset.key === key);
    if (!input) return;
    input.checked = input.type === "radio" || !input.checked;
    this.changed(input);
  }

  accept() {
    this.put(this.facts.machine);
    this.show();
    this.onChange();
  }

  clear() {
    this.put(null);
    this.show();
    this.onChange();
    this.element.focus();
  }

  show() {
    const given = this.given;
    this.element.classList.toggle("is-given", given !== null);
    this.element.classList.toggle("is-changed", this.differs);
    this.element.querySelector(".clear").hidden = given === null;
    this.whyBox.hidden = !this.differs;
    if (!this.isLacking) this.tellWhy(false);
  }

  tellWhy(isMissing) {
    this.whyBox.querySelector(".fault").hidden = !isMissing;
    if (isMissing) this.why.setAttribute("aria-invalid", "true");
    else this.why.removeAttribute("aria-invalid");
  }
}
