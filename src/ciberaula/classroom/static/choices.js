// Questions answered by choosing: single, multiple, ordering, matching.
// A control is {element, get(), set(value), explain(items)}; ``changed()`` tells the frame about a change by the person.

function choiceControl(spec, changed) {
  const several = spec.type === "multiple";
  const name = newId("option");
  const inputs = new Map();
  const reasons = new Map();
  const rows = spec.options.map((option) => {
    const id = newId("choice");
    const why = h("div", { id: newId("why"), hidden: true });
    const input = h("input", {
      type: several ? "checkbox" : "radio",
      name,
      id,
      value: option.id,
      "aria-describedby": why.id,
      onchange: changed,
    });
    inputs.set(option.id, input);
    reasons.set(option.id, why);
    return h(
      "div",
      { class: "ciberaula-option" },
      h("div", { class: "ciberaula-pick" }, input, h("label", { for: id, html: option.html })),
      why,
    );
  });
  return {
    element: h("fieldset", {}, h("legend", { class: "ciberaula-how" }, several ? spec.ui.chooseSeveral : spec.ui.chooseOne), ...rows),
    get() {
      const chosen = [...inputs].filter(([, input]) => input.checked).map(([id]) => id);
      return several ? chosen : (chosen[0] ?? null);
    },
    set(value) {
      const chosen = several ? value || [] : [value];
      for (const [id, input] of inputs) input.checked = chosen.includes(id);
    },
    explain(items) {
      for (const [id, why] of reasons) {
        showRemark(why, items && items[id]);
        why.parentElement.classList.toggle("ciberaula-mine", Boolean(items) && inputs.get(id).checked);
      }
    },
  };
}

function orderingControl(spec, changed) {
  const said = h("p", { class: "ciberaula-unseen", "aria-live": "assertive" });
  const list = h("ol", { class: "ciberaula-order" });
  const rows = new Map();
  const ids = () => [...list.children].map((row) => row.dataset.id);

  function move(row, step) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    refresh();
    const place = ids().indexOf(row.dataset.id) + 1;
    said.textContent = fill(spec.ui.moved, { text: row.dataset.text, place, total: rows.size });
    changed();
  }

  function button(row, step, label) {
    const made = h(
      "button",
      {
        type: "button",
        class: "ciberaula-move",
        "aria-label": `${label}: ${row.dataset.text}`,
        onclick: () => {
          move(row, step);
          made.focus(); // moving the row takes the focus away
        },
      },
      step < 0 ? "↑" : "↓",
    );
    return made;
  }

  function refresh() {
    [...list.children].forEach((row, index, all) => {
      row.querySelectorAll("button")[0].setAttribute("aria-disabled", String(index === 0));
      row.querySelectorAll("button")[1].setAttribute("aria-disabled", String(index === all.length - 1));
    });
  }

  for (const option of spec.options) {
    const row = h("li", { "data-id": option.id, "data-text": option.text });
    const why = h("div", { hidden: true });
    row.append(
      h(
        "div",
        { class: "ciberaula-row" },
        h("span", { class: "ciberaula-grow", html: option.html }),
        h("span", { class: "ciberaula-moves" }, button(row, -1, spec.ui.up), button(row, 1, spec.ui.down)),
      ),
      why,
    );
    rows.set(option.id, { row, why });
    list.append(row);
  }
  refresh();
  return {
    element: h("fieldset", {}, h("legend", { class: "ciberaula-how" }, spec.ui.orderThem), list, said),
    get: ids,
    set(value) {
      const order = value || spec.options.map((option) => option.id);
      if (order.join() !== ids().join()) list.append(...order.map((id) => rows.get(id).row));
      refresh();
    },
    explain(items) {
      for (const [id, { why }] of rows) showRemark(why, items && items[id]);
    },
  };
}

const LONG_CHOICE = 36; // beyond this a closed list cuts the text on a narrow screen, so it is also written out

function matchingControl(spec, changed) {
  const letters = spec.right.some((item) => item.text.length > LONG_CHOICE);
  const letter = (index) => String.fromCharCode(65 + index);
  const rows = new Map();
  const made = spec.left.map((item) => {
    const id = newId("match");
    const why = h("div", { id: newId("why"), hidden: true });
    const choices = spec.right.map((other, index) =>
      h("option", { value: other.id }, letters ? `${letter(index)}. ${other.text}` : other.text),
    );
    const select = h(
      "select",
      { id, "aria-describedby": why.id, onchange: changed },
      h("option", { value: "" }, spec.ui.choose),
      ...choices,
    );
    rows.set(item.id, { select, why });
    return h("div", { class: "ciberaula-option" }, h("label", { for: id, html: item.html }), select, why);
  });
  const legend = letters
    ? h("ol", { class: "ciberaula-letters", type: "A" }, ...spec.right.map((item) => h("li", { html: item.html })))
    : null;
  return {
    element: h("fieldset", {}, h("legend", { class: "ciberaula-how" }, spec.ui.matchThem), legend, ...made),
    get() {
      const chosen = {};
      for (const [id, { select }] of rows) if (select.value) chosen[id] = select.value;
      return chosen;
    },
    set(value) {
      for (const [id, { select }] of rows) select.value = (value && value[id]) || "";
    },
    explain(items) {
      for (const [id, { why }] of rows) showRemark(why, items && items[id]);
    },
  };
}
