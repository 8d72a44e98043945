"use strict";
/* A slider for each latent of the model in focus, the busiest first, with what the decoder draws at its ends. */

const REACH = 3; // a slider goes so many deviations to either side
const ENDS = [-2, 2]; // where its two small pictures are

class Sliders {
  constructor(explorer) {
    this.explorer = explorer;
    this.list = document.getElementById("sliders");
    this.refocus();
  }

  refocus() {
    const { model } = this.explorer;
    const template = document.getElementById("slider-row");
    const largest = Math.max(...model.latents.map((latent) => latent.kl), 1e-9);
    this.rows = model.order.map((j, rank) => {
      const row = template.content.firstElementChild.cloneNode(true), latent = model.latents[j];
      const input = row.querySelector("input");
      row.classList.toggle("inactive", !latent.active);
      row.querySelector(".number").textContent = `z${j}`;
      row.querySelector(".factor").textContent = latent.factor ?? (latent.active ? "" : "inactive");
      row.querySelector(".share").textContent = latent.factor ? `${Math.round(100 * latent.share)} %` : "";
      row.querySelector(".kl").textContent = `${latent.kl.toFixed(2)} nats`;
      row.querySelector(".bar").style.setProperty("--share", latent.kl / largest);
      row.querySelectorAll("canvas").forEach((canvas) => size(canvas, this.explorer.shape));
      input.min = -REACH;
      input.max = REACH;
      const state = latent.active ? "" : "inactive, ";
      input.setAttribute("aria-label", `${model.label(j)}, ${state}KL ${latent.kl.toFixed(2)} nats`);
      input.addEventListener("input", () => this.explorer.setPosition(rank, Number(input.value)));
      return row;
    });
    this.list.replaceChildren(...this.rows);
  }

  update() {
    const { model, code, gradient } = this.explorer;
    this.rows.forEach((row, rank) => {
      const j = model.order[rank], input = row.querySelector("input");
      const position = model.toPosition(code[j], j);
      if (document.activeElement !== input || Math.abs(Number(input.value) - position) > 1e-3) input.value = position;
      input.setAttribute("aria-valuetext", format(code[j], 2));
      row.style.setProperty("--place", (Math.max(-REACH, Math.min(REACH, position)) + REACH) / (2 * REACH));
      row.querySelector(".value").textContent = format(code[j], 2);
      this.drawArrow(row, gradient && gradient[j] * model.latents[j].spread);
    });
    this.explorer.background.draw(this.list, () => this.drawEnds());
  }

  /** An arrow from the slider's knob along the gradient; its length grows with the slope, ever more slowly. */
  drawArrow(row, slope) {
    const shown = slope !== null && document.getElementById("arrows").checked;
    const length = shown ? 0.3 * Math.abs(slope) / (Math.abs(slope) + 25) : 0;
    row.querySelector(".arrow").hidden = length < 0.004;
    row.querySelector(".arrow").classList.toggle("left", slope < 0);
    row.style.setProperty("--length", length);
    row.querySelector(".slope").textContent = shown ? `${slope > 0 ? "+" : ""}${format(slope)}` : "";
  }

  *drawEnds() {
    const { model, code, shape } = this.explorer;
    for (const [rank, row] of this.rows.entries()) {
      const j = model.order[rank], canvases = row.querySelectorAll("canvas");
      for (const [end, position] of ENDS.entries()) {
        const moved = code.slice();
        moved[j] = model.fromPosition(position, j);
        paint(canvases[end], model.decode(moved), shape);
        yield;
      }
    }
  }
}
