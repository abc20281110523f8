/* Suggests brands and industries while somebody types. Without it the form is sent, and
   a page answers. The pattern is that of a combobox with a list (ARIA). */
(() => {
  "use strict";
  const WAIT = 120, MOST = 8;
  const SUGGESTIONS = {en: "Suggestions", fr: "Suggestions", ro: "Sugestii", pt: "Sugestões"};

  const suggesting = (form, number) => {
    const input = form.querySelector("input[type=search]");
    const list = document.createElement("ul");
    list.id = `suggest-${number}`;
    list.className = "suggest";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", SUGGESTIONS[document.documentElement.lang]);
    list.hidden = true;
    form.append(list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": list.id,
    })) input.setAttribute(name, value);

    let found = [], at = -1, timer, asked = 0;

    const shut = () => {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const choose = (place) => {
      at = place;
      [...list.children].forEach((item, each) => item.setAttribute("aria-selected", String(each === at)));
      if (at < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", list.children[at].id);
    };
    const show = (rows) => {
      found = rows.slice(0, MOST);
      list.replaceChildren(...found.map((row, place) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${place}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const about = document.createElement("small");
        about.textContent = row.why ? `${row.about}, ${row.why}` : row.about;
        item.append(row.name, about);
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          location.assign(row.url);
        });
        return item;
      }));
      at = -1;
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
    };
    const ask = async () => {
      const mine = ++asked, text = input.value.trim();
      if (!text) return shut();
      try {
        const answer = await fetch(`${new URL(form.action).pathname}.json?q=${encodeURIComponent(text)}`);
        const said = await answer.json();
        if (mine === asked && document.activeElement === input) show(said.rows);
      } catch {
        shut();
      }
    };

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        shut();
      } else if (event.key === "Enter" && at >= 0) {
        event.preventDefault();
        location.assign(found[at].url);
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
        event.preventDefault();
        const count = found.length + 1, step = event.key === "ArrowDown" ? 1 : -1;
        choose((at + 1 + step + count) % count - 1);
      }
    });
    input.addEventListener("blur", () => {
      asked += 1;
      shut();
    });
  };

  document.querySelectorAll("form.find--suggests").forEach(suggesting);
})();
