// The end of the front end: its style sheet once for the page, and itself for all widgets of this version.

if (!document.getElementById("CIBERAULA_KEY")) document.head.append(h("style", { id: "CIBERAULA_KEY" }, STYLE));
slot.fill({ render });

export default { render };
