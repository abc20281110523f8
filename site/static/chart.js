/* Puts Plotly's chart in the place of the still one, late: when the reader comes near
   it and the browser is idle. The still one stays when anything goes wrong. */
(() => {
  "use strict";
  const figures = document.querySelectorAll("figure.chart");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const idle = window.requestIdleCallback || ((work) => setTimeout(work, 200));
  let loading;

  /* The bundle adds a style sheet for its maps, which we have none of, as an inline
     element that our policy forbids. While it loads, such an element is an inert one. */
  const load = (address) => {
    loading ||= new Promise((done, failed) => {
      const script = document.createElement("script");
      const make = document.createElement;
      const settle = (then) => (event) => {
        document.createElement = make;
        then(event);
      };
      document.createElement = (name, ...rest) =>
        make.call(document, name === "style" ? "meta" : name, ...rest);
      script.src = address;
      script.onload = settle(done);
      script.onerror = settle(failed);
      document.head.append(script);
    });
    return loading;
  };

  /* Colours are named in the figure ("var(--tone-1)"): only here is it known whether
     the page is dark. */
  const painted = (value, colour) => {
    if (typeof value === "string") {
      const named = /^var\((--[a-z0-9-]+)\)$/.exec(value);
      return named ? colour(named[1]) : value;
    }
    if (Array.isArray(value)) return value.map((each) => painted(each, colour));
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, painted(each, colour)]));
    return value;
  };

  const dressed = (figure) => {
    const made = JSON.parse(figure.querySelector(".chart__data").textContent);
    const look = getComputedStyle(document.documentElement);
    const colour = (name) => look.getPropertyValue(name).trim();
    const family = colour("--sans");
    if (made.tones) {
      const [bars] = made.data;
      bars.marker.color = made.tones.map((tone) => colour(`--tone-${tone}`));
      bars.marker.line.color = made.tones.map((tone) => colour(tone === 4 ? "--edge" : `--tone-${tone}`));
      bars.textfont = { family, size: 14, color: colour("--ink") };
    }
    made.data = painted(made.data, colour);
    made.layout = painted(made.layout, colour);
    for (const trace of made.data)
      trace.hoverlabel = {
        bgcolor: colour("--paper"),
        bordercolor: colour("--edge"),
        font: { family, size: 14, color: colour("--ink") },
      };
    made.layout.paper_bgcolor = made.layout.plot_bgcolor = colour("--paper");
    made.layout.font = { family, size: 14, color: colour("--ink") };
    for (const axis of [made.layout.xaxis, made.layout.yaxis])
      if (axis) axis.tickfont ||= { size: 12, color: colour("--soft") };
    return made;
  };

  /* Plotly's drawings have no name, and their texts no order: who listens is told of one
     picture, as of the still one, and reads the table below it. */
  const named = (live, still) => {
    live.setAttribute("role", "img");
    live.setAttribute("aria-label", still.getAttribute("aria-label"));
    for (const inner of live.children) inner.setAttribute("aria-hidden", "true");
    for (const inner of live.querySelectorAll("svg")) inner.setAttribute("focusable", "false");
  };

  const draw = async (figure) => {
    await load(figure.dataset.script);
    const live = figure.querySelector(".chart__live");
    const still = figure.querySelector(".chart__still");
    const { data, layout } = dressed(figure);
    live.hidden = false;
    try {
      await window.Plotly.react(live, data, layout, { displayModeBar: false, responsive: true });
      named(live, still);
      still.setAttribute("hidden", "");
      figure.dataset.drawn = "yes";
    } catch (problem) {
      live.hidden = true;
      throw problem;
    }
  };

  const near = new IntersectionObserver(
    (seen) => {
      for (const { isIntersecting, target } of seen) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        idle(() => draw(target));
      }
    },
    { rootMargin: "200px" },
  );
  figures.forEach((figure) => near.observe(figure));
  dark.addEventListener("change", () => {
    document.querySelectorAll("figure.chart[data-drawn]").forEach(draw);
  });
})();
