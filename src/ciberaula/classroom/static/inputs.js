// Questions answered by writing: number, text, and forms made of several fields.
// Writing controls say ``changed(true)`` while a person types (saved after a pause) and ``changed()`` on leaving.

function numberControl(spec, changed) {
  const id = newId("number");
  const problem = h("p", { id: newId("problem"), class: "ciberaula-problem", hidden: true });
  const input = h("input", {
    id,
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    class: "ciberaula-number",
    "aria-describedby": problem.id,
    oninput: () => changed(true),
    onchange: () => changed(),
  });
  return {
    element: h(
      "div",
      { class: "ciberaula-option" },
      h("label", { for: id }, spec.label || spec.ui.yourNumber, spec.unit ? ` (${spec.unit})` : ""),
      input,
      problem,
    ),
    typed: [input],
    get() {
      const value = parseNumber(input.value);
      const wrong = Number.isNaN(value);
      problem.textContent = wrong ? spec.ui.notANumber : "";
      problem.hidden = !wrong;
      input.setAttribute("aria-invalid", String(wrong));
      return wrong ? undefined : value;
    },
    set(value) {
      input.value = numberText(value);
    },
    explain() {},
  };
}

function textControl(spec, changed) {
  const id = newId("text");
  const counter = h("p", { id: newId("count"), class: "ciberaula-help" });
  const area = h("textarea", {
    id,
    rows: 5,
    "aria-describedby": counter.id,
    oninput: () => {
      count();
      changed(true);
    },
    onchange: () => changed(),
  });
  function count() {
    const words = area.value.trim() ? area.value.trim().split(/\s+/).length : 0;
    counter.textContent = fill(spec.min_words ? spec.ui.wordsBetween : spec.ui.words, {
      words,
      most: spec.max_words,
      least: spec.min_words,
    });
    counter.classList.toggle("ciberaula-problem", words > spec.max_words);
  }
  count();
  return {
    element: h("div", { class: "ciberaula-option" }, h("label", { for: id }, spec.ui.yourText), area, counter),
    typed: [area],
    get: () => area.value,
    set(value) {
      area.value = value || "";
      count();
    },
    explain() {},
  };
}

const RADIOS_UP_TO = 6;
const SIDE_BY_SIDE = 30; // options up to this many characters stand in a row while there is room

/** One field of a form; its value is null while empty. ``mark`` says which fields say so: required, optional or neither. */
function fieldControl(field, ui, mark, changed) {
  const why = h("div", { id: newId("why"), hidden: true });
  const help = field.help ? h("p", { id: newId("help"), class: "ciberaula-help" }, field.help) : null;
  const described = [help && help.id, why.id].filter(Boolean).join(" ");
  const marked = mark === (field.required ? "required" : "optional");
  const label = marked ? `${field.label} ${ui[mark]}` : field.label;
  const part = _fieldInput(field, label, described, ui, changed);
  const element = h("div", { class: "ciberaula-option ciberaula-field" }, ...part.before, help, part.input, why);
  if (part.group && !field.label) {
    element.replaceChildren(...[help, part.input, why].filter(Boolean)); // one box to tick, which says all itself
  } else if (part.group) {
    element.replaceChildren(h("fieldset", { "aria-describedby": described }, h("legend", {}, label), help, part.input, why));
  }
  return { id: field.id, when: field.shown_when, element, typed: part.typed, get: part.get, set: part.set, explain: (r) => showRemark(why, r) };
}

function _fieldInput(field, label, described, ui, changed) {
  if (field.kind === "multiple" || (field.kind === "choice" && !field.listed && field.options.length <= RADIOS_UP_TO)) {
    const options = field.options.map((option) => ({ id: option.id, html: "", text: option.text }));
    return _groupInput(field, options, changed);
  }
  const id = newId("field");
  const common = { id, "aria-describedby": described, "aria-required": field.required ? "true" : null };
  const before = [h("label", { for: id }, field.unit ? `${label} (${field.unit})` : label)];
  if (field.kind === "choice") {
    const choices = field.options.map((option) => h("option", { value: option.id }, option.text));
    const select = h("select", { ...common, onchange: () => changed() }, h("option", { value: "" }, ui.choose), ...choices);
    return { before, input: select, typed: [], get: () => select.value || null, set: (v) => (select.value = v || "") };
  }
  const typing = { ...common, oninput: () => changed(true), onchange: () => changed() };
  let input;
  if (field.kind === "text" && field.multiline) input = h("textarea", { ...typing, rows: 4 });
  else if (field.kind === "date") input = h("input", { ...common, type: "date", onchange: () => changed() });
  else if (field.kind === "number") input = h("input", { ...typing, type: "text", inputmode: "decimal", autocomplete: "off" });
  else input = h("input", { ...typing, type: "text", autocomplete: "off" });
  if (field.kind === "number") {
    const get = () => {
      const value = parseNumber(input.value);
      input.setAttribute("aria-invalid", String(Number.isNaN(value)));
      return Number.isNaN(value) ? input.value : value; // Python says what is wrong with it
    };
    return { before, input, typed: [input], get, set: (v) => (input.value = numberText(v)) };
  }
  return { before, input, typed: [input], get: () => input.value || null, set: (v) => (input.value = v ?? "") };
}

function _groupInput(field, options, changed) {
  const several = field.kind === "multiple";
  const name = newId("group");
  const inputs = new Map();
  const rows = options.map((option) => {
    const id = newId("choice");
    const input = h("input", { type: several ? "checkbox" : "radio", name, id, value: option.id, onchange: () => changed() });
    inputs.set(option.id, input);
    return h("div", { class: "ciberaula-pick" }, input, h("label", { for: id }, option.text));
  });
  const short = options.every((option) => option.text.length <= SIDE_BY_SIDE);
  return {
    group: true,
    before: [],
    input: h("div", { class: short ? "ciberaula-inline" : null }, ...rows),
    typed: [],
    get() {
      const chosen = [...inputs].filter(([, input]) => input.checked).map(([id]) => id);
      if (several) return chosen.length ? chosen : null;
      return chosen[0] ?? null;
    },
    set(value) {
      const chosen = several ? value || [] : [value];
      for (const [id, input] of inputs) input.checked = chosen.includes(id);
    },
  };
}

/** Say what is rarer: nothing where all fields are required, else the few that are required or the few that are not. */
function _whichMarked(fields) {
  const required = fields.filter((field) => field.required).length;
  if (required === fields.length) return null;
  return required > fields.length / 2 ? "optional" : "required";
}

/** Titled sections of fields; also the body of documents and tools. Folded ones tell how much of each is filled in. */
function formControl(spec, changed) {
  const fields = [];
  const tallies = [];
  const mark = _whichMarked(spec.sections.flatMap((section) => section.fields));
  const told = (whileTyping) => {
    refresh();
    changed(whileTyping);
  };
  const groups = []; // the fields of each section, by their places in ``fields``
  const drawn = []; // of each field, what it was drawn from
  const draw = (field) => ({ ...fieldControl(field, spec.ui, mark, told), away: field.hidden });
  const parts = spec.sections.map((section, index) => {
    const made = section.fields.map(draw);
    groups.push(made.map((_field, place) => fields.length + place));
    fields.push(...made);
    drawn.push(...section.fields.map((field) => JSON.stringify(field)));
    const title = section.title ? h("h4", {}, section.title) : null;
    const intro = section.intro ? h("div", { html: section.intro }) : null;
    const inside = [intro, ...made.map((field) => field.element)];
    if (!spec.folded || !title) return h("div", { class: "ciberaula-section" }, title, ...inside);
    const tally = h("span", { class: "ciberaula-tally" });
    tallies.push({ tally, made });
    return h("details", { class: "ciberaula-fold", open: index === 0 }, h("summary", {}, title, tally), ...inside);
  });

  function refresh() {
    const now = new Map(fields.map((field) => [field.id, field.get()]));
    for (const { element, when, away } of fields) element.hidden = away || (Boolean(when) && !when[1].includes(now.get(when[0])));
    parts.forEach((part, index) => {
      part.hidden = groups[index].length > 0 && groups[index].every((place) => fields[place].away);
    });
    for (const { tally, made } of tallies) {
      const filled = made.filter((field) => now.get(field.id) !== null).length;
      tally.textContent = made.length ? fill(spec.ui.filled, { filled, total: made.length }) : "";
    }
  }
  refresh();
  return {
    element: h("div", { class: spec.type === "fitting" ? "ciberaula-fitting" : null }, ...parts),
    get typed() {
      return fields.flatMap((field) => field.typed);
    },
    /** Draw anew the fields that Python changed, and no other: the one that a person is in keeps the focus. */
    refit(sections, value) {
      sections.flatMap((section) => section.fields).forEach((field, index) => {
        const now = JSON.stringify(field);
        if (now === drawn[index]) return;
        drawn[index] = now;
        const made = draw(field);
        made.set((value && value[field.id]) ?? null);
        const inside = fields[index].element.contains(document.activeElement);
        fields[index].element.replaceWith(made.element);
        fields[index] = made;
        if (inside) made.element.querySelector("input, select, textarea").focus(); // somebody was quicker than Python
      });
      refresh();
    },
    get() {
      const values = {};
      for (const field of fields) {
        const value = field.get();
        if (value !== null) values[field.id] = value;
      }
      return values;
    },
    set(value) {
      for (const field of fields) field.set((value && value[field.id]) ?? null);
      refresh();
    },
    explain(items) {
      for (const field of fields) field.explain(items && items[field.id]);
    },
  };
}
