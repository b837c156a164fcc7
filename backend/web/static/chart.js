// The chart of home blood pressure on the record page. Without this file the page shows the server's own drawing,
// which is also what is printed; here the same points can be traced and enlarged.
"use strict";
(() => {
  const figure = document.querySelector("figure[data-chart]");
  if (!figure || !window.uPlot) return;
  const live = figure.querySelector(".live");
  const drawn = figure.querySelector(".drawn");
  const words = JSON.parse(figure.dataset.words);
  const looks = {
    morning: { stroke: "#0b5563", dash: [], fill: "#0b5563" },
    evening: { stroke: "#9a4a00", dash: [6, 3], fill: "#ffffff" },
    other: { stroke: "#5a6872", dash: [], fill: "#ffffff" },
  };
  const data = JSON.parse(figure.dataset.chart);
  const measured = data.sessions.filter((_, session) => data.session.includes(session));
  let plot = null;

  // One column for each session and number. undefined: the line passes by; null: the line is broken.
  function columns(told) {
    const at = [], rows = [];
    told.at.forEach((moment, i) => {
      if (i && moment - told.at[i - 1] > told.silence) {
        at.push((moment + told.at[i - 1]) / 2);
        rows.push(null);
      }
      at.push(moment);
      rows.push(i);
    });
    const found = [at];
    told.sessions.forEach((name, session) => {
      if (measured.includes(name)) for (const numbers of [told.systolic, told.diastolic]) found.push(column(told, at, rows, session, numbers));
    });
    return found;
  }

  function column(told, at, rows, session, numbers) {
    const values = rows.map((row) => (row !== null && told.session[row] === session ? numbers[row] : undefined));
    let last = -1;
    values.forEach((value, i) => {
      if (value === undefined) return;
      if (last >= 0 && at[i] - at[last] > told.silence && i - last > 1) values[last + 1] = null;
      last = i;
    });
    return values;
  }

  function when(seconds, long) {
    const date = uPlot.tzDate(new Date(seconds * 1000), data.zone);
    if (!long) return data.days > 400 ? `${date.getFullYear()}/${date.getMonth() + 1}` : `${date.getMonth() + 1}/${date.getDate()}`;
    const minutes = String(date.getMinutes()).padStart(2, "0");
    return `${date.getFullYear()}/${date.getMonth() + 1}/${date.getDate()} ${date.getHours()}:${minutes}`;
  }

  // Targets shaded from below, the reference as a fine line: each is also named at its right end.
  function ground(u) {
    const { ctx, bbox } = u;
    const bottom = bbox.top + bbox.height;
    ctx.save();
    data.target.forEach((target, i) => {
      const y = Math.max(bbox.top, Math.min(bottom, u.valToPos(target, "y", true)));
      ctx.fillStyle = i ? "#dff0e3" : "#eef7f0";
      ctx.fillRect(bbox.left, y, bbox.width, bottom - y);
    });
    ctx.restore();
  }

  function lines(u) {
    const { ctx, bbox } = u;
    const scale = window.devicePixelRatio || 1;
    ctx.save();
    ctx.font = `${12 * scale}px "Noto Sans JP", sans-serif`;
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    const named = [
      [data.target[0], words.target_s, "#17552f", []],
      [data.target[1], words.target_d, "#17552f", []],
      [data.reference[0], words.reference, "#43515b", [2 * scale, 3 * scale]],
      [data.reference[1], words.reference, "#43515b", [2 * scale, 3 * scale]],
    ];
    for (const [value, name, colour, dash] of named) {
      const y = Math.round(u.valToPos(value, "y", true));
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.strokeStyle = ctx.fillStyle = colour;
      ctx.setLineDash(dash);
      ctx.lineWidth = scale;
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.fillText(name.replace("{n}", value), bbox.left + bbox.width + 6 * scale, y);
    }
    ctx.restore();
  }

  // The marks of the drawing on paper: mornings are discs (uPlot's own), evenings squares, other hours crosses.
  function marks(draw) {
    return (u, index, from, to, chosen) => {
      const half = 2.4 * (window.devicePixelRatio || 1);
      const path = new Path2D(), clip = new Path2D();
      const { left, top, width, height } = u.bbox;
      clip.rect(left - 2 * half, top - 2 * half, width + 4 * half, height + 4 * half);
      const put = (i) => {
        const value = u.data[index][i];
        if (value != null) draw(path, u.valToPos(u.data[0][i], "x", true), u.valToPos(value, "y", true), half);
      };
      if (chosen) chosen.forEach(put);
      else for (let i = from; i <= to; i += 1) put(i);
      return { stroke: path, fill: path, clip, flags: 3 };
    };
  }

  const shapes = {
    evening: marks((path, x, y, half) => path.rect(x - half, y - half, 2 * half, 2 * half)),
    other: marks((path, x, y, half) => {
      path.moveTo(x - half, y - half);
      path.lineTo(x + half, y + half);
      path.moveTo(x - half, y + half);
      path.lineTo(x + half, y - half);
    }),
  };

  function series() {
    const found = [{ label: words.when, value: (_, at) => (at == null ? "—" : when(at, true)) }];
    const many = data.at.length > 400;
    for (const session of measured) {
      for (const part of ["s", "d"]) {
        const look = looks[session];
        const own = shapes[session] ? { paths: shapes[session] } : {};
        found.push({
          label: words[`${session}_${part}`],
          stroke: look.stroke,
          width: session === "other" ? 0 : 1.6,
          dash: look.dash,
          spanGaps: false,
          points: { show: session === "other" || !many, size: 6, stroke: look.stroke, fill: look.fill, width: 1.4, ...own },
          value: (_, value) => (value == null ? "—" : String(Math.round(value))),
        });
      }
    }
    return found;
  }

  // Every point lies inside: the scale follows the data, never the other way round.
  function span(values) {
    let least = 60, most = 160;
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    return [Math.floor(least / 10) * 10, Math.ceil(most / 10) * 10];
  }

  function draw() {
    live.hidden = false;
    drawn.hidden = true;
    const range = span(data.systolic.concat(data.diastolic));
    const axis = { stroke: "#43515b", grid: { stroke: "#d5dce2", width: 1 }, font: '12px "Noto Sans JP", sans-serif' };
    plot = new uPlot({
      width: live.clientWidth,
      height: Math.max(240, Math.min(380, live.clientWidth * 0.42)),
      padding: [10, 112, 0, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), data.zone),
      fmtDate: () => (date) => `${date.getMonth() + 1}/${date.getDate()}`,
      scales: { x: { range: (_, min, max) => (min === null || plot === null ? [data.begins, data.ends] : [min, max]) }, y: { range } },
      axes: [{ ...axis, values: (_, moments) => moments.map((at) => when(at, false)), space: 60 }, { ...axis, size: 44 }],
      series: series(),
      cursor: { y: false },
      hooks: { drawClear: [ground], drawAxes: [lines] },
    }, columns(data), live);
    plot.over.addEventListener("dblclick", () => plot.setScale("x", { min: data.begins, max: data.ends }));
    plot.setScale("x", { min: data.begins, max: data.ends });
    live.setAttribute("role", "img");
    live.setAttribute("aria-label", drawn.querySelector("title").textContent);
  }

  let waiting = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      if (plot && live.clientWidth && Math.abs(plot.width - live.clientWidth) > 1) {
        plot.setSize({ width: live.clientWidth, height: plot.height });
      }
    });
  }).observe(live);

  draw();
})();
